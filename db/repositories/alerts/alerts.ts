import type { AlertNews, ToldAlert } from '../../../domain/alerts/alert.js';
import type { AlertChanges, OpenAlert } from '../../../domain/alerts/change-alerts.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

/** An open alert with its id. */
export type StoredAlert = OpenAlert & { id: number };

const ALERT = `kind, subject, severity, message, advice, ${epochMs('since')} as since`;

/** Evaluations that are further apart than this were interrupted. */
const INTERRUPTED = `interval '3 minutes'`;

/**
 * Records an evaluation, one at a time: others wait here until it ends.
 * @param tx has read nothing yet, so that its snapshot is of after the wait
 * @returns for how long the alerts have been evaluated without an interruption, ms
 */
export async function recordEvaluation(tx: Queryable): Promise<number> {
  await tx.query('lock table alert_evaluations in share row exclusive mode');
  const { rows } = await tx.query<{ ms: number }>(
    `insert into alert_evaluations as e (last_at, resumed_at) values (now(), now())
    on conflict (one) do update set last_at = now(),
      resumed_at = case when e.last_at < now() - ${INTERRUPTED} then now() else e.resumed_at end
    returning ${epochMs('now()')} - ${epochMs('resumed_at')} as ms`,
  );
  return rows[0]!.ms;
}

export async function openAlerts(db: Queryable): Promise<StoredAlert[]> {
  const { rows } = await db.query<StoredAlert>(
    `select id::float8 as id, because, ${ALERT} from alerts where closed_at is null order by id`,
  );
  return rows;
}

/**
 * Stores what has become of the open alerts.
 * @param tx holds the lock of evaluations
 * @param now market clock, epoch ms
 */
export async function storeChanges(tx: Queryable, changes: AlertChanges<StoredAlert>, now: number): Promise<void> {
  const at = new Date(now);
  if (changes.closed.length > 0)
    await tx.query('update alerts set closed_at = $2 where id = any($1::bigint[])', [
      changes.closed.map(({ id }) => id),
      at,
    ]);
  if (changes.changed.length > 0)
    await tx.query(
      `update alerts a set severity = n.severity, message = n.message, advice = n.advice, because = n.because,
        opening_delivery = case when not n."isWorse" then a.opening_delivery end
      from jsonb_to_recordset($1::jsonb) n (id bigint, severity text, message text, advice text, because text, "isWorse" boolean)
      where a.id = n.id`,
      [
        JSON.stringify(
          changes.changed.map(({ alert, now: { severity, message, advice, because }, isWorse }) => ({
            id: alert.id,
            isWorse,
            severity,
            message,
            advice,
            because,
          })),
        ),
      ],
    );
  if (changes.opened.length > 0)
    await tx.query(
      `insert into alerts (kind, subject, severity, message, advice, because, since, opened_at)
      select kind, subject, severity, message, advice, because, to_timestamp(since / 1000), $2
      from jsonb_to_recordset($1::jsonb) n (kind text, subject text, severity text, message text, advice text, because text, since float8)`,
      [JSON.stringify(changes.opened), at],
    );
}

/**
 * When alerts about overdue bars were open since an instant, by symbol. Epoch ms, market clock. It is not counted how long
 * bars were overdue while nothing ran.
 */
export async function staleTimes(
  db: Queryable,
  since: number,
): Promise<Map<string, { from: number; to: number | null }[]>> {
  const { rows } = await db.query<{ symbol: string; from: number; to: number | null }>(
    `select subject as symbol, ${epochMs('opened_at')} as from, ${epochMs('closed_at')} as to
    from alerts where kind = 'stale' and (closed_at is null or closed_at > $1) order by opened_at`,
    [new Date(since)],
  );
  return Map.groupBy(rows, ({ symbol }) => symbol);
}

const OPENED = `closed_at is null and opening_delivery is null and because is null and ($1 or severity = 'critical')`;
const CLOSED = `closed_at is not null and opening_delivery is not null and closing_delivery is null and $1`;

/**
 * Whether there is something to tell: an alert that has opened or become worse, or that has closed since its opening was told. What opened
 * and closed untold stays untold, and so does what is only the consequence of another alert.
 * @param everything false in quiet hours: only critical alerts that have opened
 */
export async function hasNews(db: Queryable, everything: boolean): Promise<boolean> {
  const { rows } = await db.query<{ some: boolean }>(
    `select exists (select 1 from alerts where ${OPENED}) or exists (select 1 from alerts where ${CLOSED})
      or exists (select 1 from alert_deliveries where sent_at is null and abandoned_at is null) as some`,
    [everything],
  );
  return rows[0]!.some;
}

/**
 * The message to send next: the oldest one that is still to be sent, or a new one with all that is to be told. A message
 * keeps its id and its content, however often it is sent.
 * @param tx of one transaction, which locks out others
 * @returns its id; null if there is nothing to tell
 */
export async function nextDelivery(tx: Queryable, everything: boolean): Promise<string | null> {
  await tx.query('lock table alert_deliveries in share row exclusive mode');
  const pending = await tx.query<{ id: string }>(
    'select id from alert_deliveries where sent_at is null and abandoned_at is null order by created_at limit 1',
  );
  if (pending.rows[0]) return pending.rows[0].id;
  const told = `id::float8 as id, ${ALERT}, ${epochMs('opened_at')} as "openedAt", ${epochMs('closed_at')} as "closedAt"`;
  const opened = await tx.query<ToldAlert>(`select ${told} from alerts where ${OPENED} order by id for update`, [
    everything,
  ]);
  const closed = await tx.query<ToldAlert>(`select ${told} from alerts where ${CLOSED} order by id for update`, [
    everything,
  ]);
  if (opened.rows.length + closed.rows.length === 0) return null;
  const news: AlertNews = { opened: opened.rows, closed: closed.rows };
  const { rows } = await tx.query<{ id: string }>('insert into alert_deliveries (news) values ($1) returning id', [
    JSON.stringify(news),
  ]);
  const { id } = rows[0]!;
  const idsOf = (some: ToldAlert[]) => some.map((alert) => alert.id);
  await tx.query('update alerts set opening_delivery = $2 where id = any($1::bigint[])', [idsOf(opened.rows), id]);
  await tx.query('update alerts set closing_delivery = $2 where id = any($1::bigint[])', [idsOf(closed.rows), id]);
  return id;
}

export interface PendingDelivery {
  news: AlertNews;
  createdAt: Date;
  /** The channels over which it has been sent. */
  sentTo: string[];
}

/** What a message says, and when it was made; null if it is sent or given up. */
export async function pendingDelivery(db: Queryable, id: string): Promise<PendingDelivery | null> {
  const { rows } = await db.query<PendingDelivery>(
    `select news, created_at as "createdAt", sent_to as "sentTo" from alert_deliveries where id = $1 and sent_at is null and abandoned_at is null`,
    [id],
  );
  return rows[0] ?? null;
}

/** A channel has delivered a message, and does not do so again. */
export async function markSentTo(db: Queryable, id: string, channel: string): Promise<void> {
  await db.query('update alert_deliveries set sent_to = sent_to || $2::text where id = $1', [id, channel]);
}

export async function markSent(db: Queryable, id: string): Promise<void> {
  await db.query('update alert_deliveries set sent_at = now(), error = null where id = $1 and sent_at is null', [id]);
}

/**
 * Gives a message up: what it says goes into the next one, if it is still news. One that was sent over another channel counts as
 * sent, so that those who have it are not told again.
 * @param error why it was given up
 */
export async function abandonDelivery(db: Queryable, id: string, error: string): Promise<void> {
  await db.query(
    `with given_up as (
      update alert_deliveries set error = $2,
        sent_at = case when sent_to <> '{}' then now() end, abandoned_at = case when sent_to = '{}' then now() end
      where id = $1 and sent_at is null and abandoned_at is null returning id, abandoned_at),
    abandoned as (select id from given_up where abandoned_at is not null)
    update alerts a set opening_delivery = nullif(a.opening_delivery, d.id), closing_delivery = nullif(a.closing_delivery, d.id)
    from abandoned d where d.id in (a.opening_delivery, a.closing_delivery)`,
    [id, error],
  );
}

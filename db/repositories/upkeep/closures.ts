import type pg from 'pg';
import { type Closure, calendarOf, closureProblem, setClosures } from '../../../domain/calendars/index.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { Queryable } from '../../client.js';
import { inTransaction } from '../../transaction.js';
import { type AuditEntry, lockSubject, recordAudit } from './audit-log.js';

/** A closure that an operator told. */
export interface StoredClosure extends Closure {
  /** When it was told, wall clock. */
  createdAt: Date;
}

/** Why an exchange cannot be closed or reopened on a day, in words. */
export class ClosureError extends Error {
  override readonly name = 'ClosureError';
  constructor(
    readonly kind: 'unfit' | 'traded' | 'closed' | 'not-closed',
    message: string,
  ) {
    super(message);
  }
}

/** All closures that operators told, by exchange and date. */
export async function readClosures(db: Queryable): Promise<StoredClosure[]> {
  const { rows } = await db.query<StoredClosure>({
    name: 'closures',
    text: `select exchange, date::text, reason as closed, created_at as "createdAt" from closures order by exchange, date`,
  });
  return rows;
}

/** From now on, the calendars of this process follow the closures that are stored. */
export async function applyStoredClosures(db: Queryable): Promise<void> {
  // one that the calendar of a later release has itself is no longer a closure
  setClosures(
    'database',
    (await readClosures(db)).filter((closure) => closureProblem(closure) === null),
  );
}

type Actor = AuditEntry['actor'];
type Day = Pick<Closure, 'exchange' | 'date'>;

/**
 * Says that an exchange was, or will be, closed on a day. Nothing is deleted: coverage of that day is kept in case the exchange is
 * reopened, and a day with bars cannot be closed. Processes learn of it by ClosureWatch.
 * @throws ClosureError if the exchange has no session on that day, or bars of that day are stored
 */
export async function closeExchange(pool: pg.Pool, closure: Closure, actor: Actor): Promise<void> {
  const problem = closureProblem(closure);
  if (problem) throw new ClosureError('unfit', problem);
  await inTransaction(pool, async (tx) => {
    await begin(tx, closure);
    const { exchange, date, closed } = closure;
    const { rowCount } = await tx.query(
      'insert into closures (exchange, date, reason) values ($1, $2, $3) on conflict do nothing',
      [exchange, date, closed],
    );
    if (rowCount === 0) throw new ClosureError('closed', `${exchange} is already listed as closed on ${date}`);
    await assertNoBars(tx, closure);
    await recordAudit(tx, { actor, action: 'market.close', subject: subjectOf(closure), reason: closed });
    await followCalendar(tx, closure, true);
  });
  await applyStoredClosures(pool);
}

/**
 * Takes a closure back: the exchange has a session on that day again, with the coverage that it had.
 * @throws ClosureError if no operator has closed the exchange on that day
 */
export async function reopenExchange(pool: pg.Pool, day: Day, reason: string, actor: Actor): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await begin(tx, day);
    const { rowCount } = await tx.query('delete from closures where exchange = $1 and date::text = $2', [
      day.exchange,
      day.date,
    ]);
    if (rowCount === 0) throw new ClosureError('not-closed', `no operator has closed ${day.exchange} on ${day.date}`);
    await recordAudit(tx, { actor, action: 'market.reopen', subject: subjectOf(day), reason });
    await followCalendar(tx, day, false);
  });
  await applyStoredClosures(pool);
}

/** Waits for others that close or reopen the exchange, and for loads of its assets. The calendars are then the stored ones. */
async function begin(tx: Queryable, { exchange }: Day): Promise<void> {
  await lockSubject(tx, 'market', exchange);
  await tx.query(LOCK_SERIES, [exchange]);
  await applyStoredClosures(tx);
}

/** In the order of all writers of series. */
const LOCK_SERIES = `
  select 1 from series s join assets a on a.id = s.asset_id where a.exchange = $1
  order by s.asset_id, s.timeframe for update of s`;

const subjectOf = ({ exchange, date }: Day): string => `${exchange} ${date}`;

/** A bar proves that the exchange traded. */
async function assertNoBars(tx: Queryable, { exchange, date }: Day): Promise<void> {
  const { rows } = await tx.query<{ symbol: string; bars: number }>(
    `select a.symbol, sum(b.bars)::int as bars
    from assets a join series s on s.asset_id = a.id
    cross join lateral (select count(*) as bars from bars b
      where b.asset_id = s.asset_id and b.timeframe = s.timeframe and ${barOn('$2')}) b
    where a.exchange = $1 and b.bars > 0 group by a.symbol order by 2 desc, 1`,
    [exchange, date],
  );
  if (rows.length === 0) return;
  const named = rows.slice(0, 3).map(({ symbol, bars }) => `${symbol} (${bars})`);
  const more = rows.length > named.length ? ` and ${rows.length - named.length} others` : '';
  throw new ClosureError(
    'traded',
    `${exchange} traded on ${date}: bars of that day are stored, of ${named.join(', ')}${more}. Only a day without bars can be closed`,
  );
}

/** A bar `b` of a session; its time narrows the search down. */
const barOn = (session: string) =>
  `b.session = ${session}::date and b.time between ${session}::date - interval '1 day' and ${session}::date + interval '2 days'`;

/** What is derived with the help of the calendar, and stored, follows it. */
async function followCalendar(tx: Queryable, { exchange, date }: Day, isClosed: boolean): Promise<void> {
  const calendar = calendarOf(exchange as CalendarId);
  const before = isClosed ? calendar.previousSession(date)?.date : date;
  const after = date < calendar.ends ? calendar.nextSession(date)?.date : null;
  await tx.query(`set local barkeep.load = 'on'`);
  if (before && after) await tx.query(RETURNS_OF_NEXT_SESSION, [exchange, before, after]);
  await tx.query(OUTDATE_BATCHES, [exchange, date, isClosed]);
}

/** The daily returns of session $3 refer to the last close of session $2 from now on. */
const RETURNS_OF_NEXT_SESSION = `
  with reference as (
    select s.asset_id, s.timeframe, (select b.close from bars b
      where b.asset_id = s.asset_id and b.timeframe = s.timeframe and ${barOn('$2')} order by b.time desc limit 1) as close
    from series s join assets a on a.id = s.asset_id where a.exchange = $1
  ), changed as (
    update bars b set daily_return = b.close / r.close - 1 from reference r
    where b.asset_id = r.asset_id and b.timeframe = r.timeframe and ${barOn('$3')}
      and b.daily_return is distinct from b.close / r.close - 1
    returning b.asset_id, b.timeframe, b.time
  ), logged as (
    insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
    select asset_id, timeframe, min(time), max(time), 0, count(*), now() from changed group by asset_id, timeframe
    returning 1)
  select pg_notify('bar_changes', '') from logged limit 1`;

/**
 * A payload with rows of that day that were not bars would give another batch now: that its batch was made with another
 * calendar is said by its version, as if another version of the code had made it. Heal transforms such a payload anew if it
 * may fill a slot.
 */
const OUTDATE_BATCHES = `
  update batches b set code_version = format('%s, calendar until %s', b.code_version, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
  from raw_payloads p join assets a on a.id = p.asset_id
  where p.id = b.payload_id and a.exchange = $1
    and p.window_from < $2::date + interval '2 days' and p.window_to > $2::date - interval '1 day'
    and (p.id in (
        select r.payload_id from rejected_rows r join assets o on o.id = r.asset_id
        where o.exchange = $1 and r.time >= $2::date - interval '1 day' and r.time < $2::date + interval '2 days')
      or b.rows_ignored ?| case when $3 then array['future', 'not_final'] else array['outside_session'] end)`;

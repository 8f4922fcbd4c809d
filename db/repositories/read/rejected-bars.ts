import type pg from 'pg';
import type { ProviderId } from '../../../config/catalog/providers.js';
import type { SeriesKey } from '../../../domain/bar.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { inTransaction } from '../../transaction.js';
import { type AuditEntry, recordAudit } from '../upkeep/audit-log.js';

/** A row that was `stored` is a bar, with a stand-in for one cell. */
export const REJECTED_STATES = ['open', 'dismissed', 'released', 'stored'] as const;
export type RejectedState = (typeof REJECTED_STATES)[number];

/** A row that broke a rule. */
export interface RejectedBar extends SeriesKey {
  id: number;
  symbol: string;
  /** Provider of the source. */
  source: ProviderId;
  exchange: CalendarId;
  /** The bar's open; null if the provider's timestamp is not an instant. */
  time: Date | null;
  /** Position in the payload. */
  row: number;
  /** How many rows of payloads it stands for: all have the same values, and this is the latest. */
  timesSent: number;
  rule: string;
  raw: Record<string, unknown>;
  state: RejectedState;
  createdAt: Date;
  payload: { id: number; sha256: string; url: string; fetchedAt: Date; isKept: boolean };
  /** An operator's latest decision; null while there is none. */
  decision: { at: Date; actor: string; action: string; reason: string } | null;
}

export interface RejectedFilter {
  /** Of the sources of an asset. */
  assetIds?: readonly number[];
  timeframe?: StoredTimeframe;
  rule?: string;
  state?: RejectedState;
  /** Only rows with a lower id: those after the previous page. */
  before?: number;
  limit: number;
}

/** The subject of a row's entries in the audit log. */
const rejectedSubject = (id: number): string => `rejected_bar:${id}`;

type Stored = Omit<RejectedBar, 'id' | 'payload' | 'decision'> & {
  id: string;
  payloadId: string;
  sha256: string;
  url: string;
  fetchedAt: Date;
  isKept: boolean;
  decidedAt: Date | null;
  actor: string;
  action: string;
  reason: string;
};

/** @param conditions own all parameters */
const select = (conditions: string): string => `
  select r.id, r.asset_id as "assetId", a.symbol, a.provider as source, a.exchange, r.timeframe, r.time, r.row, 1 + cardinality(r.earlier_payloads) as "timesSent", r.rule, r.raw, r.state, r.created_at as "createdAt",
    p.id as "payloadId", encode(p.sha256, 'hex') as sha256, p.url, p.fetched_at as "fetchedAt", p.body is not null as "isKept",
    l.at as "decidedAt", l.actor, l.action, l.reason
  from rejected_bars r
  join assets a on a.id = r.asset_id and asset_problem(a) is null
  join raw_payloads p on p.id = r.payload_id
  left join lateral (
    select at, actor, action, reason from audit_log where subject = 'rejected_bar:' || r.id order by at desc, id desc limit 1) l on true
  where ${conditions}`;

/** Rows that broke a rule, and what operators decide about them. */
export class RejectedBars {
  constructor(private readonly pool: pg.Pool) {}

  /** How many rows are open, by the rule that they broke. */
  async openByRule(): Promise<{ rule: string; rows: number }[]> {
    const { rows } = await this.pool.query<{ rule: string; rows: number }>(
      `select rule, count(*)::int as rows from rejected_bars where state = 'open' group by rule order by rule`,
    );
    return rows;
  }

  /** Newest first. Rows that were stored are left out unless the filter has their state. */
  async page({ assetIds, timeframe, rule, state, before, limit }: RejectedFilter): Promise<RejectedBar[]> {
    const { rows } = await this.pool.query<Stored>(
      `${select(`($1::int[] is null or r.asset_id = any($1)) and ($2::timeframe is null or r.timeframe = $2)
        and ($3::text is null or r.rule = $3) and (case when $4::text is null then r.state <> 'stored' else r.state = $4 end) and ($5::bigint is null or r.id < $5)`)}
      order by r.id desc limit $6`,
      [assetIds, timeframe, rule, state, before, limit],
    );
    return rows.map(asRejected);
  }

  async one(id: number): Promise<RejectedBar | null> {
    const { rows } = await this.pool.query<Stored>(select('r.id = $1'), [id]);
    return rows.map(asRejected)[0] ?? null;
  }

  /** All rejected rows of one bar, oldest payload first. @param time epoch ms */
  async ofBar({ assetId, timeframe }: SeriesKey, time: number): Promise<RejectedBar[]> {
    const { rows } = await this.pool.query<Stored>(
      `${select('r.asset_id = $1 and r.timeframe = $2 and r.time = $3')} order by p.fetched_at, r.id`,
      [assetId, timeframe, new Date(time)],
    );
    return rows.map(asRejected);
  }

  /** Whether rows for bars from one open to another, both inclusive, broke a rule and no operator has decided about them. */
  async hasOpen({ assetId, timeframe }: SeriesKey, first: number, last: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `select 1 from rejected_bars where asset_id = $1 and timeframe = $2 and time between $3 and $4 and state = 'open' limit 1`,
      [assetId, timeframe, new Date(first), new Date(last)],
    );
    return rowCount !== 0;
  }

  /**
   * Sets a row's state, with an entry in the audit log. Dismissing a row makes its session due: it is requested again.
   * @param from the states in which this is allowed
   * @param session of its bar; null if no bar is expected there
   * @returns false if the row is in another state: nothing was changed
   */
  async decide(
    id: number,
    to: 'dismissed' | 'released',
    from: readonly RejectedState[],
    session: string | null,
    entry: Pick<AuditEntry, 'actor' | 'reason'>,
  ): Promise<boolean> {
    return inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<SeriesKey>(
        `update rejected_bars set state = $2 where id = $1 and state = any($3) returning asset_id as "assetId", timeframe`,
        [id, to, from],
      );
      if (!rows[0]) return false;
      const action = to === 'dismissed' ? 'rejected.dismiss' : 'rejected.release';
      await recordAudit(tx, { ...entry, action, subject: rejectedSubject(id) });
      if (to === 'dismissed' && session !== null) await makeDue(tx, rows[0], session);
      return true;
    });
  }

  /** Whether a split that is not applied yet holds back the asset's loads. */
  async isHeldBack(assetId: number): Promise<boolean> {
    const { rowCount } = await this.pool.query('select 1 from splits where asset_id = $1 and is_due limit 1', [
      assetId,
    ]);
    return rowCount !== 0;
  }
}

/** The next run requests what is missing of the session. */
async function makeDue(tx: pg.PoolClient, { assetId, timeframe }: SeriesKey, session: string): Promise<void> {
  await tx.query(
    `update coverage set next_attempt_at = null, updated_at = now() where asset_id = $1 and timeframe = $2 and session = $3`,
    [assetId, timeframe, session],
  );
}

const asRejected = (stored: Stored): RejectedBar => {
  const { id, payloadId, sha256, url, fetchedAt, isKept, decidedAt, actor, action, reason, ...row } = stored;
  return {
    ...row,
    id: Number(id),
    payload: { id: Number(payloadId), sha256, url, fetchedAt, isKept },
    decision: decidedAt && { at: decidedAt, actor, action, reason },
  };
};

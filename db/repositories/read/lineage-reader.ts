import type { Pipeline } from '../../../config/catalog/schedules.js';
import type { SeriesKey } from '../../../domain/bar.js';
import type { RunStatus, Trigger } from '../../../domain/run.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { type CoveredSeries, ENDS_AT } from '../coverage/covered-series.js';

/** One bar, or the place of one. */
export interface BarKey extends SeriesKey {
  /** Epoch ms. */
  time: number;
}

/** A payload without its body. */
export interface PayloadRef {
  id: number;
  sha256: string;
  url: string;
  status: number;
  bytes: number;
  fetchedAt: Date;
  /** False once its body was pruned. */
  isKept: boolean;
  /** The run that fetched it. */
  workflowId: string;
  runId: string;
}

/** A version of a bar. */
export interface Version {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
  payloadId: number;
  /** The earlier payload with the open, if that with the other values does not know it. */
  openPayloadId: number | null;
  /** The run that stored it. */
  runId: string;
  fetchedAt: Date;
  recordedAt: Date;
}

export interface CurrentVersion extends Version {
  sma20: number | null;
  sma50: number | null;
  barReturn: number | null;
  dailyReturn: number | null;
}

export interface Revision extends Version {
  replacedAt: Date;
  replacedByPayload: number;
}

export interface RunRef {
  workflowId: string;
  runId: string;
  pipeline: Pipeline;
  trigger: Trigger;
  status: RunStatus;
}

export interface Warning {
  rule: string;
  details: Record<string, number | string>;
  createdAt: Date;
}

/** A split by whose ratio the values of a bar were divided. */
export interface RescalingSplit {
  session: string;
  numerator: number;
  denominator: number;
  /** Null = the provider has not restated its earlier prices yet. */
  levelSince: Date | null;
  appliedAt: Date;
}

/** Coverage of a session; one bit per slot. */
export interface SessionRow {
  filled: string;
  answered: string;
  empty: string;
  lost: string;
  corrupt: string;
  asUsual: boolean;
  attempts: number;
  nextAttemptAt: Date | null;
  verifiedAt: Date | null;
}

const VERSION = `open, high, low, close, volume, payload_id as "payloadId", open_payload_id as "openPayloadId", run_id as "runId", fetched_at as "fetchedAt",
  recorded_at as "recordedAt"`;

/** Where a bar came from. */
export class LineageReader {
  constructor(private readonly db: Queryable) {}

  async bar(key: BarKey): Promise<CurrentVersion | null> {
    const rows = await this.ofBar<CurrentVersion>(
      `select ${VERSION}, sma_20 as sma20, sma_50 as sma50, bar_return as "barReturn", daily_return as "dailyReturn"
      from bars where asset_id = $1 and timeframe = $2 and time = $3`,
      key,
    );
    return rows.map(withNumber('payloadId')).map(withNumber('openPayloadId'))[0] ?? null;
  }

  /** Versions that were replaced, oldest first. */
  async revisions(key: BarKey): Promise<Revision[]> {
    const rows = await this.ofBar<Revision>(
      `select ${VERSION}, replaced_at as "replacedAt", replaced_by_payload as "replacedByPayload"
      from bar_revisions where asset_id = $1 and timeframe = $2 and time = $3 order by replaced_at, id`,
      key,
    );
    return rows.map(withNumber('payloadId')).map(withNumber('openPayloadId')).map(withNumber('replacedByPayload'));
  }

  async warnings(key: BarKey): Promise<Warning[]> {
    return this.ofBar(
      `select rule, details, created_at as "createdAt"
      from bar_warnings where asset_id = $1 and timeframe = $2 and time = $3 order by rule`,
      key,
    );
  }

  /** Splits that were applied to values fetched before the provider showed them, oldest first. */
  async rescaledBy(assetId: number, fetchedAt: Date): Promise<RescalingSplit[]> {
    const { rows } = await this.db.query<RescalingSplit>(
      `select session::text, numerator, denominator, level_since as "levelSince", applied_at as "appliedAt"
      from splits where asset_id = $1 and applied_at is not null and level_from > $2 order by session`,
      [assetId, fetchedAt],
    );
    return rows;
  }

  /** @param session YYYY-MM-DD @returns null if the session was never requested */
  async session({ assetId, timeframe }: SeriesKey, session: string): Promise<SessionRow | null> {
    const { rows } = await this.db.query<SessionRow>(
      `select filled_slots::text as filled, answered_slots::text as answered, empty_slots::text as empty, lost_slots::text as lost,
        corrupt_slots::text as corrupt, as_usual as "asUsual", attempts, next_attempt_at as "nextAttemptAt", verified_at as "verifiedAt"
      from coverage where asset_id = $1 and timeframe = $2 and session = $3`,
      [assetId, timeframe, session],
    );
    return rows[0] ?? null;
  }

  /** The first bar ever loaded of a series, and the end of one that is imported, epoch ms. */
  async extent({ assetId, timeframe }: SeriesKey): Promise<Pick<CoveredSeries, 'firstBar' | 'endsAt'>> {
    const { rows } = await this.db.query<Pick<CoveredSeries, 'firstBar' | 'endsAt'>>(
      `select ${epochMs('s.first_bar')} as "firstBar", ${ENDS_AT} as "endsAt"
        from series s join assets a on a.id = s.asset_id where s.asset_id = $1 and s.timeframe = $2`,
      [assetId, timeframe],
    );
    return rows[0] ?? { firstBar: null, endsAt: null };
  }

  /** The newest payload whose window covers a bar; null if there is none. @param opens open of the bar (`1d`: of its session), epoch ms */
  async newestPayload({ assetId, timeframe }: SeriesKey, opens: number): Promise<number | null> {
    const { rows } = await this.db.query<{ id: string }>(
      `select id from raw_payloads
      where asset_id = $1 and timeframe = $2 and kind = 'bars' and window_from <= $3 and window_to > $3
      order by fetched_at desc limit 1`,
      [assetId, timeframe, new Date(opens)],
    );
    return rows[0] ? Number(rows[0].id) : null;
  }

  async payloads(ids: number[]): Promise<Map<number, PayloadRef>> {
    const { rows } = await this.db.query<PayloadRef>(
      `select id, encode(sha256, 'hex') as sha256, url, status, body_bytes as bytes, fetched_at as "fetchedAt",
        body is not null as "isKept", workflow_id as "workflowId", run_id as "runId"
      from raw_payloads where id = any($1::bigint[])`,
      [ids],
    );
    return new Map(rows.map(withNumber('id')).map((payload) => [payload.id, payload]));
  }

  /**
   * The runs that stored versions, by run id; a run without a row is missing. There is no index by run id: the search starts
   * a week before the version, because no run lasts longer.
   */
  async runs(versions: Pick<Version, 'runId' | 'recordedAt'>[]): Promise<Map<string, RunRef>> {
    const { rows } = await this.db.query<RunRef>(
      `select distinct r.* from unnest($1::uuid[], $2::timestamptz[]) v(run_id, recorded_at)
      cross join lateral (
        select workflow_id as "workflowId", run_id as "runId", pipeline, trigger, status from pipeline_runs r
        where r.run_id = v.run_id and r.started_at > v.recorded_at - interval '7 days' order by r.started_at limit 1) r`,
      [versions.map(({ runId }) => runId), versions.map(({ recordedAt }) => recordedAt)],
    );
    return new Map(rows.map((run) => [run.runId, run]));
  }

  private async ofBar<T extends object>(text: string, { assetId, timeframe, time }: BarKey): Promise<T[]> {
    const { rows } = await this.db.query<T>(text, [assetId, timeframe, new Date(time)]);
    return rows;
  }
}

/** node-postgres returns bigint as text; ids are below 2^53. */
const withNumber =
  <K extends string>(column: K) =>
  <T extends Record<K, number | null>>(row: T): T => ({
    ...row,
    [column]: row[column] === null ? null : Number(row[column]),
  });

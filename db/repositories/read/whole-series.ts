import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import type { CoverageBits } from '../../../domain/coverage/slot-state.js';
import type { StoredIndicators } from '../../../domain/indicators/stored-indicators.js';
import type { SessionAction } from '../../../domain/transform/transform.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { decodeArray, decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';

/** All that is stored of a series: doctor checks it, and applySplits recomputes from it. */

/** The bars of a series with their stored indicators, oldest first. */
export type StoredSeries = BarColumns & StoredIndicators;

type Buffers = Record<string, Buffer | null>;
/** Decodes a binary array, which is null if there are no rows. */
const full = <K extends Parameters<typeof decodeFull>[0]>(kind: K, buffer: Buffer | null | undefined) =>
  buffer ? decodeFull(kind, buffer) : [];
const nullable = (buffer: Buffer | null | undefined) => (buffer ? decodeArray('float8', buffer) : []);

/** A select list of columns as binary arrays. @param order expression that sorts the rows */
const arrays = (order: string, columns: Record<string, string>): string =>
  Object.entries(columns)
    .map(([name, column]) => `array_send(array_agg(${column} order by ${order})) as "${name}"`)
    .join(', ');

export async function readSeries(db: Queryable, assetId: number, timeframe: StoredTimeframe): Promise<StoredSeries> {
  const columns = {
    ...{ time: 'time', session: 'session', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' },
    ...{ sma20: 'sma_20', sma50: 'sma_50', barReturn: 'bar_return', dailyReturn: 'daily_return' },
  };
  const { rows } = await db.query<Buffers>(
    `select ${arrays('time', columns)} from bars where asset_id = $1 and timeframe = $2`,
    [assetId, timeframe],
  );
  const row = rows[0]!;
  return {
    time: full('timestamptz', row.time),
    session: full('date', row.session),
    ...pricesOf(row),
    sma20: nullable(row.sma20),
    sma50: nullable(row.sma50),
    barReturn: nullable(row.barReturn),
    dailyReturn: nullable(row.dailyReturn),
  };
}

const pricesOf = (row: Buffers) => ({
  open: full('float8', row.open),
  high: full('float8', row.high),
  low: full('float8', row.low),
  close: full('float8', row.close),
  volume: nullable(row.volume),
});

/** Where versions of bars came from, as columns. Times are epoch ms with microseconds as fractions, wall clock. */
export interface Provenance {
  payloadId: number[];
  fetchedAt: number[];
  recordedAt: number[];
}
const PROVENANCE = { payloadId: 'payload_id', fetchedAt: 'fetched_at', recordedAt: 'recorded_at' };
const provenanceOf = (row: Buffers): Provenance => ({
  payloadId: full('int8', row.payloadId),
  fetchedAt: full('timestamptz', row.fetchedAt),
  recordedAt: full('timestamptz', row.recordedAt),
});

/** The provenance of the bars of `readSeries`, in the same order. */
export async function readProvenance(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<Provenance> {
  const { rows } = await db.query<Buffers>(
    `select ${arrays('time', PROVENANCE)} from bars where asset_id = $1 and timeframe = $2`,
    [assetId, timeframe],
  );
  return provenanceOf(rows[0]!);
}

/** Replaced versions of bars, oldest revision first. */
export type StoredRevisions = Omit<BarColumns, 'session'> & Provenance & { replacedByPayload: number[] };

export async function readRevisions(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<StoredRevisions> {
  const columns = { time: 'time', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' };
  const { rows } = await db.query<Buffers>(
    `select ${arrays('id', { ...columns, ...PROVENANCE, replacedByPayload: 'replaced_by_payload' })}
    from bar_revisions where asset_id = $1 and timeframe = $2`,
    [assetId, timeframe],
  );
  const row = rows[0]!;
  return {
    time: full('timestamptz', row.time),
    ...pricesOf(row),
    ...provenanceOf(row),
    replacedByPayload: full('int8', row.replacedByPayload),
  };
}

/** A row of `coverage`. */
export interface StoredCoverage extends CoverageBits {
  session: string;
  expected: number;
  /** Wall clock; null = in the next run. */
  nextAttemptAt: Date | null;
}

export async function readStoredCoverage(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<StoredCoverage[]> {
  const { rows } = await db.query<StoredCoverage>(
    `select session::text, expected, filled_slots as filled, answered_slots as answered, empty_slots as empty, lost_slots as lost,
      corrupt_slots as corrupt, as_usual as "asUsual", next_attempt_at as "nextAttemptAt"
    from coverage where asset_id = $1 and timeframe = $2 order by session`,
    [assetId, timeframe],
  );
  return rows;
}

/** Times of rows that broke a rule and that no operator has decided about, epoch ms. */
export async function readRejectedTimes(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<number[]> {
  const { rows } = await db.query<Buffers>(
    `select ${arrays('time', { time: 'time' })} from (
      select distinct time from rejected_bars
      where asset_id = $1 and timeframe = $2 and state = 'open' and time is not null) r`,
    [assetId, timeframe],
  );
  return full('timestamptz', rows[0]!.time);
}

/** A payload of a series and the outcome of its load. */
export interface LoadedPayload {
  payloadId: number;
  /** Epoch ms, wall clock. */
  fetchedAt: number;
  /** Its body is kept. */
  isKept: boolean;
  /** Opens of the bars that it had, epoch ms, ascending; none if it was held back or is past the retention. */
  times: number[];
  /** How many stored bars it replaced. */
  updated: number;
}

/** Transformed payloads of a series, in the order in which they were fetched. */
export async function readLoadedPayloads(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<LoadedPayload[]> {
  const { rows } = await db.query<{
    id: string;
    fetched: Buffer;
    kept: boolean;
    times: Buffer | null;
    updated: number;
  }>(
    `select p.id, array_send(array[p.fetched_at]) as fetched, p.body is not null as kept, b.times, b.updated
    from raw_payloads p cross join lateral (
      select (array_agg(array_send(n.times) order by n.id desc) filter (where n.state = 'loaded'))[1] as times,
        coalesce(sum(n.rows_updated), 0)::int as updated
      from batches n where n.payload_id = p.id having count(*) > 0) b
    where p.asset_id = $1 and p.timeframe = $2 and p.kind = 'bars'
    order by p.fetched_at, p.sha256`,
    [assetId, timeframe],
  );
  return rows.map(({ id, fetched, kept, times, updated }) => ({
    payloadId: Number(id),
    fetchedAt: decodeFull('timestamptz', fetched)[0]!,
    isKept: kept,
    times: full('timestamptz', times),
    updated,
  }));
}

/**
 * An applied split: versions of bars before `session`, fetched before `levelFrom` and recorded from `appliedAt` on, were divided
 * by its ratio (isDividedBy in load/price-level.ts).
 */
export interface AppliedSplit {
  session: string;
  /** New shares per old share. */
  ratio: number;
  levelFrom: number;
  appliedAt: number;
}

export async function readAppliedSplits(db: Queryable, assetId: number): Promise<AppliedSplit[]> {
  const levelFrom = `least(level_from, '9999-12-31')`;
  const columns = { session: 'session', ratio: 'ratio', levelFrom, appliedAt: 'applied_at' };
  const { rows } = await db.query<Buffers>(
    `select ${arrays('session', columns)} from splits where asset_id = $1 and applied_at is not null`,
    [assetId],
  );
  const row = rows[0]!;
  const [sessions, ratio, from, applied] = [
    full('date', row.session),
    full('float8', row.ratio),
    full('timestamptz', row.levelFrom),
    full('timestamptz', row.appliedAt),
  ];
  return ratio.map((each, i) => ({ session: sessions[i]!, ratio: each, levelFrom: from[i]!, appliedAt: applied[i]! }));
}

/** Bars and coverage that belong to no series: the asset does not exist, or its provider does not have the timeframe. */
export async function readStrays(
  db: Queryable,
  series: readonly SeriesKey[],
): Promise<{ assetId: number; timeframe: string; bars: number }[]> {
  const { rows } = await db.query<{ assetId: number; timeframe: string; bars: number }>(
    `select asset_id as "assetId", timeframe::text, sum(bars)::int as bars from (
      select asset_id, timeframe, count(*) as bars from bars group by 1, 2
      union all select distinct asset_id, timeframe, 0 from coverage) stored
    where not exists (
      select 1 from unnest($1::int[], $2::text[]) s(asset_id, timeframe)
      where s.asset_id = stored.asset_id and s.timeframe = stored.timeframe::text)
    group by 1, 2 order by 1, 2`,
    [series.map(({ assetId }) => assetId), series.map(({ timeframe }) => timeframe)],
  );
  return rows;
}

/** Splits and dividends of an asset that are in force, oldest first. */
export async function readActions(db: Queryable, assetId: number): Promise<SessionAction[]> {
  const { rows } = await db.query<SessionAction>(
    `select kind, session::text, amount, currency, numerator, denominator, extract(epoch from session)::float8 * 1000 as time
    from corporate_actions
    where asset_id = $1 and same_as is null and refuted_at is null and coalesce(in_force_at, '-infinity') <= now()
    order by session, kind`,
    [assetId],
  );
  return rows;
}

import type { BarColumns, SeriesKey } from '../../../domain/bar.js';
import type { CoverageBits } from '../../../domain/coverage/slot-state.js';
import type { StoredIndicators } from '../../../domain/indicators/stored-indicators.js';
import type { SessionAction } from '../../../domain/transform/transform.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import { decodeArray, decodeFull } from '../../binary-array.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';

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
  /** The earlier payload with the open, by the position of the version, where it is not the one with the other values. */
  openPayloadId: ReadonlyMap<number, number>;
}
const PROVENANCE = {
  payloadId: 'payload_id',
  fetchedAt: 'fetched_at',
  recordedAt: 'recorded_at',
  openPayloadId: 'coalesce(open_payload_id, 0)',
};
const provenanceOf = (row: Buffers): Provenance => ({
  payloadId: full('int8', row.payloadId),
  fetchedAt: full('timestamptz', row.fetchedAt),
  recordedAt: full('timestamptz', row.recordedAt),
  openPayloadId: new Map(full('int8', row.openPayloadId).flatMap((id, i) => (id === 0 ? [] : [[i, id] as const]))),
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
  /** `fetched_at` of the newest payload that covers the whole session, epoch ms with microseconds as a fraction. */
  verifiedAt: number | null;
}

export async function readStoredCoverage(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<StoredCoverage[]> {
  const { rows } = await db.query<StoredCoverage>(
    `select session::text, expected, filled_slots as filled, answered_slots as answered, empty_slots as empty, lost_slots as lost,
      corrupt_slots as corrupt, as_usual as "asUsual", next_attempt_at as "nextAttemptAt", ${epochMs('verified_at')} as "verifiedAt"
    from coverage where asset_id = $1 and timeframe = $2 order by session`,
    [assetId, timeframe],
  );
  return rows;
}

/** A row of `series`, epoch ms. */
export interface SeriesRow {
  firstBar: number | null;
  beginsAt: number | null;
  newestFetch: number | null;
}

/** Null if there is no such row: nothing was ever loaded. */
export async function readSeriesRow(db: Queryable, { assetId, timeframe }: SeriesKey): Promise<SeriesRow | null> {
  const { rows } = await db.query<{ instants: Buffer }>(
    `select array_send(array[first_bar, begins_at, newest_fetch]) as instants from series where asset_id = $1 and timeframe = $2`,
    [assetId, timeframe],
  );
  if (!rows[0]) return null;
  const [firstBar, beginsAt, newestFetch] = decodeArray('timestamptz', rows[0].instants);
  return { firstBar: firstBar!, beginsAt: beginsAt!, newestFetch: newestFetch! };
}

/**
 * An applied split: versions of bars before `session`, fetched before `levelFrom` and recorded from `appliedAt` on, were divided
 * by its ratio (isDividedBy in load/price-level.ts).
 */
export interface AppliedSplit {
  session: string;
  /** New shares per old share. */
  ratio: number;
  /** The ratio as PostgreSQL computes it when one split is applied, exp(sum(ln(ratio))): its last bits may differ. */
  divisor: number;
  levelFrom: number;
  appliedAt: number;
}

export async function readAppliedSplits(db: Queryable, assetId: number): Promise<AppliedSplit[]> {
  const levelFrom = `least(level_from, '9999-12-31')`;
  const columns = { session: 'session', ratio: 'ratio', divisor: 'exp(ln(ratio))', levelFrom, appliedAt: 'applied_at' };
  const { rows } = await db.query<Buffers>(
    `select ${arrays('session', columns)} from splits where asset_id = $1 and applied_at is not null`,
    [assetId],
  );
  const row = rows[0]!;
  const [sessions, ratio, divisor, from, applied] = [
    full('date', row.session),
    full('float8', row.ratio),
    full('float8', row.divisor),
    full('timestamptz', row.levelFrom),
    full('timestamptz', row.appliedAt),
  ];
  return ratio.map((each, i) => ({
    session: sessions[i]!,
    ratio: each,
    divisor: divisor[i]!,
    levelFrom: from[i]!,
    appliedAt: applied[i]!,
  }));
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

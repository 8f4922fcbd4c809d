import type pg from 'pg';
import { type SessionStates, sessionStatesIn } from '../../db/repositories/coverage/coverage-states.js';
import { type CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import { rulesOf } from '../../config/catalog/series-rules.js';
import { type Chain, type Digests, readDigests } from '../../db/repositories/proof/payload-digests.js';
import {
  type BatchRow,
  type PayloadRow,
  readBatchRows,
  readPayloadRows,
  readRejectedRows,
  type RejectedRow,
} from '../../db/repositories/proof/stored-payloads.js';
import {
  type AppliedSplit,
  type Provenance,
  readAppliedSplits,
  readProvenance,
  readRevisions,
  readSeries,
  readSeriesRow,
  readStoredCoverage,
  type SeriesRow,
  type StoredCoverage,
  type StoredRevisions,
  type StoredSeries,
} from '../../db/repositories/read/whole-series.js';
import { CALENDAR_IDS, calendarOf } from '../../domain/calendars/index.js';
import type { Calendar, CalendarId } from '../../domain/calendars/calendar.js';
import type { SeriesRules } from '../../domain/coverage/due-sessions.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { isDateLabelled, type StoredTimeframe } from '../../domain/timeframe.js';

/** A payload of a series that was transformed, and the outcome of its loads. */
export interface LoadedPayload extends PayloadRow {
  /** One of its batches was ever loaded: it may be held back again since. */
  isLoaded: boolean;
  /** Opens of the bars that it had, epoch ms, ascending; none if it was held back or is past the retention. */
  times: number[];
  /** How many stored bars it replaced. */
  updated: number;
}

/** A series in one snapshot, with everything that other tables record about it. */
export interface SeriesFile {
  series: CoveredSeries;
  rules: SeriesRules;
  /** Clocks of the snapshot, epoch ms. */
  now: number;
  wallNow: number;
  row: SeriesRow | null;
  bars: StoredSeries & Provenance;
  revisions: StoredRevisions;
  coverage: StoredCoverage[];
  rejected: RejectedRow[];
  /** Opens of rows that broke a rule and that no operator has decided about. */
  rejectedTimes: number[];
  /** In the order in which they were fetched: all, and those that were transformed. */
  payloadRows: PayloadRow[];
  payloads: LoadedPayload[];
  batches: BatchRow[];
  splits: AppliedSplit[];
  /** Of pruned payloads. */
  digests: Digests;
  /** What the API reports for each session. */
  states: SessionStates[];
  /** Sessions that were requested while the asset was at another exchange than now. */
  elsewhere: ReadonlyMap<string, CalendarId>;
}

export async function readSeriesFile(
  tx: pg.PoolClient,
  series: CoveredSeries,
  now: number,
  wallNow: number,
  chain: Chain,
): Promise<SeriesFile> {
  const stored = await readSeries(tx, series.assetId, series.timeframe);
  const bars = { ...stored, ...(await readProvenance(tx, series)) };
  const payloadRows = await readPayloadRows(tx, series);
  const batches = await readBatchRows(tx, series);
  const rejected = await readRejectedRows(tx, series);
  return {
    series,
    rules: rulesOf(series),
    now,
    wallNow,
    row: await readSeriesRow(tx, series),
    bars,
    revisions: await readRevisions(tx, series),
    coverage: await readStoredCoverage(tx, series),
    rejected,
    rejectedTimes: [
      ...new Set(rejected.flatMap(({ state, time }) => (state === 'open' && time !== null ? [time] : []))),
    ],
    payloadRows,
    payloads: loadedPayloads(payloadRows, batches),
    batches,
    splits: await readAppliedSplits(tx, series.assetId),
    digests: await readDigests(tx, series, chain),
    states: await sessionStatesIn(tx, [series], now),
    elsewhere: sessionsElsewhere(series, bars, payloadRows),
  };
}

function loadedPayloads(rows: PayloadRow[], batches: BatchRow[]): LoadedPayload[] {
  const byPayload = Map.groupBy(batches, ({ payloadId }) => payloadId);
  return rows.flatMap((row) => {
    const own = byPayload.get(row.id);
    if (!own) return [];
    const loaded = own.filter(({ state }) => state === 'loaded');
    const updated = own.reduce((sum, batch) => sum + (batch.updated ?? 0), 0);
    return [
      { ...row, isLoaded: own.some(({ inserted }) => inserted !== null), times: loaded.at(-1)?.times ?? [], updated },
    ];
  });
}

/** An asset may move to another exchange; its earlier sessions stay those of the exchange that they were requested from. */
function sessionsElsewhere(
  { exchange }: CoveredSeries,
  { session, payloadId }: StoredSeries & Provenance,
  rows: PayloadRow[],
): Map<string, CalendarId> {
  const others = new Map(
    rows.flatMap((row) =>
      row.exchange && row.exchange !== exchange && CALENDAR_IDS.includes(row.exchange) ? [[row.id, row.exchange]] : [],
    ),
  );
  if (others.size === 0) return new Map();
  return new Map(
    session.flatMap((date, i) => {
      const other = others.get(payloadId[i]!);
      return other ? [[date, other] as const] : [];
    }),
  );
}

/** The calendar that a session follows. */
export const calendarOn = ({ rules, elsewhere }: SeriesFile, session: string): Calendar => {
  const other = elsewhere.get(session);
  return other ? calendarOf(other) : rules.calendar;
};

/**
 * Whether a row of coverage is left from before the exchange was known to be closed that day, as an operator or a
 * corrected calendar. It claims nothing, because nothing was stored.
 */
export function isOfClosedDay(
  file: SeriesFile,
  { session, filled }: Pick<StoredCoverage, 'session' | 'filled'>,
): boolean {
  const calendar = calendarOn(file, session);
  const isClosed = session >= calendar.begins && session <= calendar.ends && calendar.holidayOn(session) !== null;
  return isClosed && !filled.includes('1');
}

/** The name of a series in messages; with its provider, if it is of a further source of its asset. */
export const titleOf = (series: CoveredSeries): string => sourceTitle(series, series.timeframe);

/** The name of a source, such as "SPY alpaca": that of its asset, if it is the first one. */
export const sourceTitle = (
  { symbol, sourceOf, provider }: Pick<CoveredSeries, 'symbol' | 'sourceOf' | 'provider'>,
  timeframe?: StoredTimeframe,
): string => [symbol, timeframe, sourceOf === null ? undefined : provider].filter(Boolean).join(' ');

/** The name of one of its bars. */
export function nameOf(series: CoveredSeries, time: number): string {
  const when = isDateLabelled(series.timeframe) ? utcDate(time) : `${new Date(time).toISOString().slice(0, 16)}Z`;
  return `${titleOf(series)} ${when}`;
}

import type pg from 'pg';
import { type SessionStates, sessionStatesIn } from '../../db/repositories/coverage/coverage-states.js';
import { type CoveredSeries, rulesOf } from '../../db/repositories/coverage/covered-series.js';
import {
  type AppliedSplit,
  type LoadedPayload,
  type Provenance,
  readLoadedPayloads,
  readAppliedSplits,
  readProvenance,
  readRejectedTimes,
  readRevisions,
  readSeries,
  readStoredCoverage,
  type StoredCoverage,
  type StoredRevisions,
  type StoredSeries,
} from '../../db/repositories/read/whole-series.js';
import type { SeriesRules } from '../../domain/coverage/due-sessions.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { isDateLabelled } from '../../domain/timeframe.js';

/** A series in one snapshot, with everything that other tables record about it. */
export interface SeriesFile {
  series: CoveredSeries;
  rules: SeriesRules;
  /** Market clock of the snapshot, epoch ms. */
  now: number;
  bars: StoredSeries & Provenance;
  revisions: StoredRevisions;
  coverage: StoredCoverage[];
  rejectedTimes: number[];
  payloads: LoadedPayload[];
  splits: AppliedSplit[];
  /** What the API reports for each session. */
  states: SessionStates[];
}

export async function readSeriesFile(tx: pg.PoolClient, series: CoveredSeries, now: number): Promise<SeriesFile> {
  const stored = await readSeries(tx, series.assetId, series.timeframe);
  return {
    series,
    rules: rulesOf(series),
    now,
    bars: { ...stored, ...(await readProvenance(tx, series)) },
    revisions: await readRevisions(tx, series),
    coverage: await readStoredCoverage(tx, series),
    rejectedTimes: await readRejectedTimes(tx, series),
    payloads: await readLoadedPayloads(tx, series),
    splits: await readAppliedSplits(tx, series.assetId),
    states: await sessionStatesIn(tx, [series], now),
  };
}

/** The name of a bar in messages. */
export function nameOf({ symbol, timeframe }: CoveredSeries, time: number): string {
  const when = isDateLabelled(timeframe) ? utcDate(time) : `${new Date(time).toISOString().slice(0, 16)}Z`;
  return `${symbol} ${timeframe} ${when}`;
}

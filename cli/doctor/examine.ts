import type pg from 'pg';
import { recountDirty } from '../../db/repositories/coverage/recount.js';
import { coveredSeries, type CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import { readActions, readStrays } from '../../db/repositories/read/whole-series.js';
import { readWarnings } from '../../db/repositories/read/bar-warnings.js';
import { inTransaction } from '../../db/transaction.js';
import { checkIndicators, checkWarnings } from './check-computed.js';
import { checkCoverage, checkPlaces, type Tally, tallySlots } from './check-slots.js';
import { type CheckedValues, checkValues } from './check-values.js';
import { Findings } from './findings.js';
import { oddities } from './oddities.js';
import { readSeriesFile } from './stored-series.js';

export interface ExaminedSeries extends Tally {
  series: CoveredSeries;
  bars: number;
  /** Opens, epoch ms; null while there is no bar. */
  firstTime: number | null;
  lastTime: number | null;
  rejected: number;
  revisions: number;
  values: CheckedValues;
  /** Findings in this series. */
  unexplained: number;
}

export interface Examination {
  /** Tracked assets. */
  assets: number;
  /** Sessions changed by SQL, whose coverage was counted again first. */
  recounted: number;
  series: ExaminedSeries[];
  findings: Findings;
  odd: string[];
}

export interface ExamineOptions {
  clockOffsetMs: number;
  /** Market clock, epoch ms (default: from the database's clock). */
  now?: number;
  /** Called with the current step. */
  onProgress?: (step: string) => void;
}

/**
 * Checks that the stored data is consistent, each series in one snapshot. Changes nothing, except that coverage of sessions
 * changed by SQL is counted again first. For assets that are no longer tracked, stored bars are checked and none is expected.
 */
export async function examineStore(pool: pg.Pool, options: ExamineOptions): Promise<Examination> {
  const recounted = await recountDirty(pool);
  const all = await coveredSeries(pool);
  const examination: Examination = {
    assets: new Set(all.flatMap(({ active, assetId }) => (active ? [assetId] : []))).size,
    recounted,
    series: [],
    findings: new Findings(),
    odd: [],
  };
  for (const stray of await readStrays(pool, all))
    examination.findings.add('unknown_series', `asset ${stray.assetId} ${stray.timeframe}: ${stray.bars} bars`);
  for (const series of all) await examineSeries(pool, series, options, examination);
  return examination;
}

async function examineSeries(
  pool: pg.Pool,
  series: CoveredSeries,
  { clockOffsetMs, now, onProgress = () => undefined }: ExamineOptions,
  { series: examined, findings: all, odd }: Examination,
): Promise<void> {
  const name = `${series.symbol} ${series.timeframe}`;
  onProgress(`${name}: bars`);
  await inTransaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const file = await readSeriesFile(tx, await asOfNow(tx, series), now ?? (await databaseClock(tx)) + clockOffsetMs);
    const findings = new Findings();
    checkPlaces(file, clockOffsetMs, findings);
    checkCoverage(file, findings);
    checkIndicators(file, findings);
    checkWarnings(file, await readWarnings(tx, series), findings);
    const tally = tallySlots(file, findings);
    const values = await checkValues(tx, file, clockOffsetMs, findings, (done, total) =>
      onProgress(`${name}: payload ${done} of ${total}`),
    );
    odd.push(...oddities(file.bars, series, await readActions(tx, series.assetId)));
    all.addAll(findings);
    examined.push({
      ...tally,
      series: file.series,
      bars: file.bars.time.length,
      firstTime: file.bars.time[0] ?? null,
      lastTime: file.bars.time.at(-1) ?? null,
      rejected: file.rejectedTimes.length,
      revisions: file.revisions.time.length,
      values,
      unexplained: findings.total,
    });
  });
}

/** The series in the snapshot: a load may have moved its beginning. */
async function asOfNow(tx: pg.PoolClient, { assetId, timeframe }: CoveredSeries): Promise<CoveredSeries> {
  const [series] = await coveredSeries(tx, { assetIds: [assetId], timeframes: [timeframe] });
  return series!;
}

/** Wall clock, epoch ms: later than everything in the snapshot. */
async function databaseClock(tx: pg.PoolClient): Promise<number> {
  const { rows } = await tx.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  return rows[0]!.now;
}

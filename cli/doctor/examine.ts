import type pg from 'pg';
import { coveredSeries, type CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import { recountDirty } from '../../db/repositories/coverage/recount.js';
import { isBodyOf, readQuotesPayload } from '../../db/repositories/load/payloads.js';
import {
  findUnknownRuns,
  findUnknownRunsOfSteps,
  findWrongCalls,
  findWrongVersionTimes,
} from '../../db/repositories/proof/contradictions.js';
import { type Chain, checkChain, readDigestsWithoutSeries } from '../../db/repositories/proof/payload-digests.js';
import { readStoredActions } from '../../db/repositories/proof/stored-facts.js';
import { readPayloadsWithoutSeries } from '../../db/repositories/proof/stored-payloads.js';
import { assetProblems } from '../../db/repositories/read/active-assets.js';
import { readWarnings } from '../../db/repositories/read/bar-warnings.js';
import { type HeldBackAsset, readHeldBack } from '../../db/repositories/read/held-back.js';
import { readSeriesAtProvider, type SeriesAtProvider } from '../../db/repositories/read/series-at-provider.js';
import { readActions, readAppliedSplits, readStrays } from '../../db/repositories/read/whole-series.js';
import { findWrongDifferences } from '../../db/repositories/upkeep/daily-differences.js';
import { inSnapshot } from '../../db/transaction.js';
import { counted } from '../../domain/in-words.js';
import { ActionCheck } from './check-actions.js';
import { BatchCheck } from './check-batches.js';
import { checkAgreement } from './check-agreement.js';
import { checkIndicators, checkWarnings } from './check-computed.js';
import { checkDigests, checkDigestsOf, digestedPayloads } from './check-digests.js';
import { EvidenceCheck } from './check-evidence.js';
import { checkPayloadRows, checkUnchanged } from './check-payloads.js';
import { QuoteCheck } from './check-quote.js';
import { checkSeriesRow } from './check-series.js';
import { checkCoverage, checkPlaces, type Tally, tallySlots } from './check-slots.js';
import { type CheckedValues, ValueCheck } from './check-values.js';
import { derivePayloads } from './derived-payloads.js';
import { Findings } from './findings.js';
import { oddities } from './oddities.js';
import { nameOf, readSeriesFile, titleOf } from './stored-series.js';

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

export interface AbsentSeries extends SeriesAtProvider {
  series: CoveredSeries;
}

export interface Examination {
  /** Tracked assets, and their sources. */
  assets: number;
  sources: number;
  /** Sessions changed by SQL, whose coverage was recounted first. */
  recounted: number;
  series: ExaminedSeries[];
  findings: Findings;
  chain: Chain;
  odd: string[];
  /** Sessions in which two sources of an asset disagree, one line each. */
  disagreements: string[];
  /** Series of tracked assets that have no bar, or whose provider no longer knows their asset. */
  absent: AbsentSeries[];
  heldBack: HeldBackAsset[];
  /** Tracked assets that cannot be loaded or examined, and why. */
  badAssets: string[];
}

export interface ExamineOptions {
  clockOffsetMs: number;
  /** Market clock, epoch ms (default: from the database's clock). */
  now?: number;
  /** Called with the current step. */
  onProgress?: (step: string) => void;
}

/**
 * Checks that the stored data is consistent, each asset in one snapshot. Changes nothing, except that coverage of sessions
 * changed by SQL is recounted first. For assets that are no longer tracked, stored bars are checked and none is expected.
 */
export async function examineStore(pool: pg.Pool, options: ExamineOptions): Promise<Examination> {
  const recounted = await recountDirty(pool);
  const all = await coveredSeries(pool);
  const examination: Examination = {
    assets: new Set(all.flatMap(({ active, assetId, sourceOf }) => (active ? [sourceOf ?? assetId] : []))).size,
    sources: new Set(all.flatMap(({ active, assetId }) => (active ? [assetId] : []))).size,
    recounted,
    series: [],
    findings: new Findings(),
    chain: await checkChain(pool),
    odd: [],
    disagreements: [],
    absent: await absentSeries(pool, all),
    heldBack: await readHeldBack(pool, Date.now()),
    badAssets: (await assetProblems(pool)).map(({ problem }) => problem),
  };
  const { findings } = examination;
  for (const stray of await readStrays(pool, all))
    findings.add('unknown_series', `asset ${stray.assetId} ${stray.timeframe}: ${counted(stray.bars, 'bar')}`);
  await checkStore(pool, examination);
  examination.disagreements = await checkAgreement(pool, findings);
  for (const ofAsset of Map.groupBy(all, ({ assetId }) => assetId).values())
    try {
      await examineAsset(pool, ofAsset, options, examination);
    } catch (error) {
      // a value that nothing can have, such as a date beyond all calendars; what the database refuses is another matter
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      findings.add('not_examined', `${ofAsset[0]!.symbol}: ${error.message}`);
    }
  return examination;
}

async function absentSeries(pool: pg.Pool, all: readonly CoveredSeries[]): Promise<AbsentSeries[]> {
  const active = all.filter((one) => one.active);
  const found = await readSeriesAtProvider(pool, active);
  return found
    .map((at, i) => ({ ...at, series: active[i]! }))
    .filter(({ series, isUnknown }) => series.firstBar === null || isUnknown);
}

/** What belongs to no series: payloads of quotes, records of runs and requests, the chain of digests. */
async function checkStore(pool: pg.Pool, { findings, chain }: Examination): Promise<void> {
  const payloads = await readPayloadsWithoutSeries(pool);
  for (const row of payloads) {
    checkUnchanged(row, `payload ${row.id}`, findings);
    const payload = row.isKept ? await readQuotesPayload(pool, row.id) : null;
    if (payload && !isBodyOf(row, payload.body))
      findings.add('payload_body', `payload ${row.id}: its body has another hash or size`);
  }
  for (const [seq, day] of chain.broken)
    findings.add('digest_changed', `digest ${seq}, of payloads fetched ${day === null ? 'long ago' : `on ${day}`}`);
  checkDigests(payloads, await readDigestsWithoutSeries(pool, chain), '', findings);
  for (const { what, isGone } of await findWrongCalls(pool))
    findings.add(isGone ? 'payload_gone' : 'request_record', what);
  for (const { what, count } of await findUnknownRunsOfSteps(pool)) findings.add('unknown_run', what, count);
}

/** All series of an asset in one snapshot, because splits, dividends and the live price come with any of them. */
async function examineAsset(
  pool: pg.Pool,
  all: readonly CoveredSeries[],
  options: ExamineOptions,
  examination: Examination,
): Promise<void> {
  const { assetId, symbol } = all[0]!;
  await inSnapshot(pool, async (tx) => {
    const actions = new ActionCheck();
    const quote = new QuoteCheck(options.clockOffsetMs);
    for (const series of all) await examineSeries(tx, series, options, examination, [actions, quote]);
    const splits = await readAppliedSplits(tx, assetId);
    const { findings } = examination;
    actions.finish(symbol, await readStoredActions(tx, assetId), splits, findings);
    await quote.finish(tx, { assetId, symbol, splits }, findings);
    for (const session of await findWrongDifferences(tx, assetId))
      findings.add('daily_difference', `${symbol} ${session}`);
  });
}

async function examineSeries(
  tx: pg.PoolClient,
  covered: CoveredSeries,
  { clockOffsetMs, now, onProgress = () => undefined }: ExamineOptions,
  { series: examined, findings: all, odd, chain }: Examination,
  [actions, quote]: [ActionCheck, QuoteCheck],
): Promise<void> {
  onProgress(`${titleOf(covered)}: bars`);
  const wallNow = await databaseClock(tx);
  const file = await readSeriesFile(tx, await asOfNow(tx, covered), now ?? wallNow + clockOffsetMs, wallNow, chain);
  const { series } = file;
  const findings = new Findings();
  checkPlaces(file, clockOffsetMs, findings);
  checkCoverage(file, findings);
  checkSeriesRow(file, findings);
  checkIndicators(file, findings);
  checkWarnings(file, await readWarnings(tx, series), findings);
  checkPayloadRows(file, findings);
  checkDigestsOf(file, findings);
  const tally = tallySlots(file, findings);
  for (const { time, wrong } of await findWrongVersionTimes(tx, series))
    findings.add('version_times', `${nameOf(series, time)}: ${wrong}`);
  for (const { what, count } of await findUnknownRuns(tx, series))
    findings.add('unknown_run', `${titleOf(series)}: ${what}`, count);
  const values = new ValueCheck(file, findings);
  const evidence = new EvidenceCheck(file, clockOffsetMs);
  const batches = new BatchCheck(file, findings);
  actions.addPayloads(file.payloads);
  const showPayloads = (done: number, total: number) => onProgress(`${titleOf(series)}: payload ${done} of ${total}`);
  for await (const derived of derivePayloads(tx, file, clockOffsetMs, findings, showPayloads))
    for (const check of [values, evidence, batches, actions, quote]) check.compare(derived);
  for (const digested of digestedPayloads(file))
    for (const check of [values, batches, actions, quote]) check.compareDigest(digested);
  evidence.finish(findings);
  odd.push(...oddities(file.bars, series, await readActions(tx, series.assetId)));
  all.addAll(findings);
  examined.push({
    ...tally,
    series,
    bars: file.bars.time.length,
    firstTime: file.bars.time[0] ?? null,
    lastTime: file.bars.time.at(-1) ?? null,
    rejected: file.rejectedTimes.length,
    revisions: file.revisions.time.length,
    values: values.checked,
    unexplained: findings.total,
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

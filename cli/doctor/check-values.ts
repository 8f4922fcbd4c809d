import type pg from 'pg';
import { batchOfPayload } from '../../activities/batch-of-payload.js';
import { type PayloadOfAsset, readBarPayloads } from '../../db/repositories/load/payloads.js';
import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import type { BarColumns } from '../../domain/bar.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { ProviderError } from '../../providers/provider.js';
import { READERS } from '../../providers/readers.js';
import type { Findings } from './findings.js';
import { nameOf, type SeriesFile } from './stored-series.js';

/** Payloads read at once: a daily history is up to 2 MB. */
const PAGE = 50;
const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const;

/** A stored version of a bar, with the answer that it must equal. */
interface Version {
  time: number;
  values: (number | null)[];
  /** Of the answer that it names, epoch ms. */
  fetchedAt: number;
  recordedAt: number;
  /** `later`: the bar as it is, beside the newest answer, which may be another one than its own. */
  kind: 'bar' | 'former' | 'later';
}

export interface CheckedValues {
  /** Versions that were compared with their answer. */
  compared: number;
  /** Versions whose answer is no longer kept (PAYLOAD_RETENTION_DAYS). */
  forgotten: number;
}

/**
 * Every version of a bar equals what its answer gives, through the real parser and transform; the version that is stored
 * also what the newest answer gives. What an answer gave is stored, or known to be lost. A replaced version is kept.
 * @param onProgress told after each page of payloads
 */
export async function checkValues(
  tx: pg.PoolClient,
  file: SeriesFile,
  clockOffsetMs: number,
  findings: Findings,
  onProgress: (done: number, total: number) => void,
): Promise<CheckedValues> {
  checkGone(file, findings);
  checkRevisionCounts(file, findings);
  const { known, wanted, forgotten } = versionsByPayload(file, findings);
  const ids = [...wanted.keys()];
  let compared = 0;
  for (let i = 0; i < ids.length; i += PAGE) {
    for (const payload of await readBarPayloads(tx, ids.slice(i, i + PAGE))) {
      const versions = wanted.get(payload.id)!;
      compared += versions.length;
      comparePayload(file, payload, versions, known.get(payload.id)!, clockOffsetMs, findings);
    }
    onProgress(Math.min(i + PAGE, ids.length), ids.length);
  }
  return { compared, forgotten };
}

/** Bars that an answer gave are stored, or coverage knows that they are lost. */
function checkGone({ series, rules, bars, coverage, answers }: SeriesFile, findings: Findings): void {
  const stored = new Set(bars.time);
  const lost = new Map(coverage.map((row) => [row.session, row.lost]));
  const gone = new Map<number, number>();
  for (const { payloadId, times } of answers)
    for (const time of times) if (!stored.has(time)) gone.set(time, payloadId);
  for (const [time, payloadId] of gone) {
    const place = placeOf(rules.calendar, rules.timeframe, time);
    if (place && lost.get(place.session.date)?.[place.index] === '1') continue;
    findings.add('bar_gone', `${nameOf(series, time)}: payload ${payloadId} gave it`);
  }
}

/** Each load counts the bars that it replaced: their former versions are kept. */
function checkRevisionCounts({ series, revisions, answers }: SeriesFile, findings: Findings): void {
  const kept = new Map<number, number>();
  for (const payload of revisions.replacedByPayload) kept.set(payload, (kept.get(payload) ?? 0) + 1);
  for (const { payloadId, updated } of answers) {
    const missing = updated - (kept.get(payloadId) ?? 0);
    if (missing > 0)
      findings.add(
        'revision_gone',
        `${series.symbol} ${series.timeframe}: payload ${payloadId} replaced ${updated} bars, ${updated - missing} former versions are kept`,
        missing,
      );
  }
}

interface Answer {
  fetchedAt: number;
  isKept: boolean;
}

/** The versions to compare with each payload whose body is kept. */
function versionsByPayload({ series, bars, revisions, answers }: SeriesFile, findings: Findings) {
  const known = new Map<number, Answer>(answers.map((answer) => [answer.payloadId, answer]));
  const wanted = new Map<number, Version[]>();
  let forgotten = 0;
  const want = (payloadId: number, version: Version) => {
    const answer = known.get(payloadId);
    if (!answer)
      findings.add('no_answer', `${nameOf(series, version.time)}: payload ${payloadId} is none of this series`);
    else if (answer.isKept)
      wanted
        .set(payloadId, wanted.get(payloadId) ?? [])
        .get(payloadId)!
        .push(version);
    else forgotten++;
  };
  const newest = new Map<number, number>();
  for (const { payloadId, times } of answers) for (const time of times) newest.set(time, payloadId);
  const versionAt = (from: typeof revisions | typeof bars, i: number, kind: Version['kind']): Version => ({
    time: from.time[i]!,
    values: VALUES.map((column) => from[column][i]!),
    fetchedAt: from.fetchedAt[i]!,
    recordedAt: from.recordedAt[i]!,
    kind,
  });
  bars.time.forEach((time, i) => {
    want(bars.payloadId[i]!, versionAt(bars, i, 'bar'));
    const later = newest.get(time);
    if (later !== undefined && later !== bars.payloadId[i]) want(later, versionAt(bars, i, 'later'));
  });
  revisions.time.forEach((_, i) => want(revisions.payloadId[i]!, versionAt(revisions, i, 'former')));
  return { known, wanted, forgotten };
}

function comparePayload(
  { series, splits }: SeriesFile,
  payload: PayloadOfAsset,
  versions: Version[],
  answer: Answer,
  clockOffsetMs: number,
  findings: Findings,
): void {
  let given: BarColumns;
  try {
    given = batchOfPayload(payload, READERS[payload.provider], clockOffsetMs).bars;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    findings.add('unreadable_answer', `${series.symbol} ${series.timeframe}, payload ${payload.id}: ${error.message}`);
    return;
  }
  const rowOf = new Map(given.time.map((time, row) => [time, row]));
  for (const version of versions) {
    const wrong = differenceOf(version, given, rowOf.get(version.time), answer, splits);
    if (wrong === null) continue;
    const what = `${nameOf(series, version.time)}${version.kind === 'former' ? ', a former version' : ''}: payload ${payload.id} ${wrong}`;
    findings.add(version.kind === 'later' ? 'later_values' : 'other_values', what);
  }
}

/** How a version differs from its answer, in words; null where it does not. */
function differenceOf(
  { values, fetchedAt, recordedAt, kind }: Version,
  given: BarColumns,
  row: number | undefined,
  answer: Answer,
  splits: readonly AppliedSplit[],
): string | null {
  if (kind !== 'later' && fetchedAt !== answer.fetchedAt) return 'was fetched at another time';
  if (row === undefined) return 'has no such bar';
  const ratio = ratioOf(splits, answer.fetchedAt, recordedAt);
  for (const [i, column] of VALUES.entries()) {
    const expected = given[column][row]!;
    const stored = values[i]!;
    const isEqual = ratio === 1 ? stored === expected : isScaled(column, stored, expected, ratio);
    if (!isEqual)
      return `gives ${column} ${expected}${ratio === 1 ? '' : ` before a split of ${ratio}`}, stored is ${stored}`;
  }
  return null;
}

/** By how much a version was divided since it was fetched, by splits that were applied before it was recorded. */
const ratioOf = (splits: readonly AppliedSplit[], fetchedAt: number, recordedAt: number): number =>
  splits
    .filter(({ levelSince, appliedAt }) => levelSince > fetchedAt && appliedAt <= recordedAt)
    .reduce((product, { ratio }) => product * ratio, 1);

/** Scaled prices are rounded to float32, volumes to whole numbers, once a split: as near as that, and no nearer. */
function isScaled(
  column: (typeof VALUES)[number],
  stored: number | null,
  given: number | null,
  ratio: number,
): boolean {
  if (stored === null || given === null) return stored === given;
  if (column === 'volume') return Math.abs(stored - given * ratio) <= 1;
  return Math.abs(stored - given / ratio) <= 1e-6 * stored;
}

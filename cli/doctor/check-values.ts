import type pg from 'pg';
import { batchOfPayload } from '../../activities/batch-of-payload.js';
import { type PayloadOfAsset, readBarPayloads } from '../../db/repositories/load/payloads.js';
import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import type { BarColumns } from '../../domain/bar.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { ProviderError } from '../../providers/provider.js';
import { READERS } from '../../providers/payload-readers.js';
import type { Findings } from './findings.js';
import { nameOf, type SeriesFile } from './stored-series.js';

/** Payloads read at once: a daily history is up to 2 MB. */
const PAGE = 50;
const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const;

/** A stored version of a bar, to compare with a payload. */
interface Version {
  time: number;
  values: (number | null)[];
  /** Of the payload that it came in, epoch ms. */
  fetchedAt: number;
  recordedAt: number;
  /** `later`: the current bar, to compare with the newest payload, which may not be the one that it came in. */
  kind: 'bar' | 'former' | 'later';
}

export interface CheckedValues {
  /** Versions that were compared with their payload. */
  compared: number;
  /** Versions whose payload was pruned (PAYLOAD_RETENTION_DAYS). */
  pruned: number;
}

/**
 * Checks that every version of a bar equals what the real parser and transform make of its payload, and the current
 * version also equals the newest payload. Each bar of a payload is stored or recorded as lost; each replaced version is kept.
 * @param onProgress called after each page of payloads
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
  const { known, wanted, pruned } = versionsByPayload(file, findings);
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
  return { compared, pruned };
}

/** Checks that each bar of a payload is stored, or recorded as lost by coverage. */
function checkGone({ series, rules, bars, coverage, payloads }: SeriesFile, findings: Findings): void {
  const stored = new Set(bars.time);
  const lost = new Map(coverage.map((row) => [row.session, row.lost]));
  const gone = new Map<number, number>();
  for (const { payloadId, times } of payloads)
    for (const time of times) if (!stored.has(time)) gone.set(time, payloadId);
  for (const [time, payloadId] of gone) {
    const place = placeOf(rules.calendar, rules.timeframe, time);
    if (place && lost.get(place.session.date)?.[place.index] === '1') continue;
    findings.add('bar_gone', `${nameOf(series, time)}: was in payload ${payloadId}`);
  }
}

/** Checks that earlier versions are kept: as many as each load says it replaced. */
function checkRevisionCounts({ series, revisions, payloads }: SeriesFile, findings: Findings): void {
  const kept = new Map<number, number>();
  for (const payload of revisions.replacedByPayload) kept.set(payload, (kept.get(payload) ?? 0) + 1);
  for (const { payloadId, updated } of payloads) {
    const missing = updated - (kept.get(payloadId) ?? 0);
    if (missing > 0)
      findings.add(
        'revision_gone',
        `${series.symbol} ${series.timeframe}: payload ${payloadId} replaced ${updated} bars, earlier versions kept: ${updated - missing}`,
        missing,
      );
  }
}

interface KnownPayload {
  fetchedAt: number;
  isKept: boolean;
}

/** Groups the versions by the payload to compare them with; payloads without a body are left out. */
function versionsByPayload({ series, bars, revisions, payloads }: SeriesFile, findings: Findings) {
  const known = new Map<number, KnownPayload>(payloads.map((payload) => [payload.payloadId, payload]));
  const wanted = new Map<number, Version[]>();
  let pruned = 0;
  const want = (payloadId: number, version: Version) => {
    const payload = known.get(payloadId);
    if (!payload)
      findings.add('no_payload', `${nameOf(series, version.time)}: payload ${payloadId} is not one of this series`);
    else if (payload.isKept)
      wanted
        .set(payloadId, wanted.get(payloadId) ?? [])
        .get(payloadId)!
        .push(version);
    else pruned++;
  };
  const newest = new Map<number, number>();
  for (const { payloadId, times } of payloads) for (const time of times) newest.set(time, payloadId);
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
  return { known, wanted, pruned };
}

function comparePayload(
  { series, splits }: SeriesFile,
  payload: PayloadOfAsset,
  versions: Version[],
  known: KnownPayload,
  clockOffsetMs: number,
  findings: Findings,
): void {
  let parsed: BarColumns;
  try {
    parsed = batchOfPayload(payload, READERS[payload.provider], clockOffsetMs).bars;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    findings.add('unreadable_payload', `${series.symbol} ${series.timeframe}, payload ${payload.id}: ${error.message}`);
    return;
  }
  const rowOf = new Map(parsed.time.map((time, row) => [time, row]));
  for (const version of versions) {
    const wrong = differenceOf(version, parsed, rowOf.get(version.time), known, splits);
    if (wrong === null) continue;
    const what = `${nameOf(series, version.time)}${version.kind === 'former' ? ', an earlier version' : ''}: payload ${payload.id} ${wrong}`;
    findings.add(version.kind === 'later' ? 'later_values' : 'other_values', what);
  }
}

/** How a version differs from a payload, in words; null if it does not. */
function differenceOf(
  { values, fetchedAt, recordedAt, kind }: Version,
  parsed: BarColumns,
  row: number | undefined,
  payload: KnownPayload,
  splits: readonly AppliedSplit[],
): string | null {
  if (kind !== 'later' && fetchedAt !== payload.fetchedAt) return 'was fetched at another time';
  if (row === undefined) return 'has no such bar';
  const ratio = ratioOf(splits, parsed.session[row]!, payload.fetchedAt, recordedAt);
  for (const [i, column] of VALUES.entries()) {
    const expected = parsed[column][row]!;
    const stored = values[i]!;
    const isEqual = ratio === 1 ? stored === expected : isScaled(column, stored, expected, ratio);
    if (!isEqual)
      return `has ${column} ${expected}${ratio === 1 ? '' : ` before a split of ${ratio}`}, stored is ${stored}`;
  }
  return null;
}

/** The factor by which a version was divided since it was fetched: all splits applied before it was recorded. */
const ratioOf = (splits: readonly AppliedSplit[], date: string, fetchedAt: number, recordedAt: number): number =>
  splits
    .filter((split) => date < split.session && split.levelFrom > fetchedAt && split.appliedAt <= recordedAt)
    .reduce((product, { ratio }) => product * ratio, 1);

/** Whether a value was scaled by a split: prices are rounded to float32 and volumes to whole numbers at each split. */
function isScaled(
  column: (typeof VALUES)[number],
  stored: number | null,
  parsed: number | null,
  ratio: number,
): boolean {
  if (stored === null || parsed === null) return stored === parsed;
  if (column === 'volume') return Math.abs(stored - parsed * ratio) <= 1;
  return Math.abs(stored - parsed / ratio) <= 1e-6 * stored;
}

import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import type { BarColumns } from '../../domain/bar.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { isAtLevel, ratiosOf } from './at-level.js';
import type { DerivedPayload } from './derived-payloads.js';
import type { Findings } from './findings.js';
import { nameOf, type SeriesFile, titleOf } from './stored-series.js';

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
 */
export class ValueCheck {
  readonly checked: CheckedValues = { compared: 0, pruned: 0 };
  /** By the payload to compare them with; payloads without a body are left out. */
  readonly #versions = new Map<number, Version[]>();

  constructor(
    private readonly file: SeriesFile,
    private readonly findings: Findings,
  ) {
    checkGone(file, findings);
    checkRevisionCounts(file, findings);
    this.#groupVersions();
  }

  /** Compares the versions of a payload. */
  compare({ row, batch: { bars } }: DerivedPayload): void {
    const versions = this.#versions.get(row.id) ?? [];
    this.checked.compared += versions.length;
    const rowOf = new Map(bars.time.map((time, i) => [time, i]));
    for (const version of versions) {
      const wrong = differenceOf(version, bars, rowOf.get(version.time), row.fetchedAt, this.file.splits);
      if (wrong === null) continue;
      const what = `${nameOf(this.file.series, version.time)}${version.kind === 'former' ? ', an earlier version' : ''}: payload ${row.id} ${wrong}`;
      this.findings.add(version.kind === 'later' ? 'later_values' : 'other_values', what);
    }
  }

  #groupVersions(): void {
    const { bars, revisions, payloads } = this.file;
    const newest = new Map<number, number>();
    for (const { id, times } of payloads) for (const time of times) newest.set(time, id);
    const known = new Map(payloads.map((payload) => [payload.id, payload.isKept]));
    bars.time.forEach((time, i) => {
      this.#add(known, bars.payloadId[i]!, versionAt(bars, i, 'bar'));
      const later = newest.get(time);
      if (later !== undefined && later !== bars.payloadId[i]) this.#add(known, later, versionAt(bars, i, 'later'));
    });
    revisions.time.forEach((_, i) => this.#add(known, revisions.payloadId[i]!, versionAt(revisions, i, 'former')));
  }

  #add(known: ReadonlyMap<number, boolean>, payloadId: number, version: Version): void {
    const isKept = known.get(payloadId);
    if (isKept === undefined) {
      const name = nameOf(this.file.series, version.time);
      this.findings.add('no_payload', `${name}: payload ${payloadId} is not one of this series`);
    } else if (isKept) {
      const versions = this.#versions.get(payloadId);
      if (versions) versions.push(version);
      else this.#versions.set(payloadId, [version]);
    } else this.checked.pruned++;
  }
}

function versionAt(from: SeriesFile['revisions'] | SeriesFile['bars'], i: number, kind: Version['kind']): Version {
  return {
    time: from.time[i]!,
    values: VALUES.map((column) => from[column][i]!),
    fetchedAt: from.fetchedAt[i]!,
    recordedAt: from.recordedAt[i]!,
    kind,
  };
}

/** Checks that each bar of a payload is stored, or recorded as lost by coverage. */
function checkGone({ series, rules, bars, coverage, payloads }: SeriesFile, findings: Findings): void {
  const stored = new Set(bars.time);
  const lost = new Map(coverage.map((row) => [row.session, row.lost]));
  const gone = new Map<number, number>();
  for (const { id, times } of payloads) for (const time of times) if (!stored.has(time)) gone.set(time, id);
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
  for (const { id, updated } of payloads) {
    const missing = updated - (kept.get(id) ?? 0);
    if (missing > 0)
      findings.add(
        'revision_gone',
        `${titleOf(series)}: payload ${id} replaced ${updated} bars, earlier versions kept: ${updated - missing}`,
        missing,
      );
  }
}

/** How a version differs from a payload, in words; null if it does not. */
function differenceOf(
  { values, fetchedAt, recordedAt, kind }: Version,
  parsed: BarColumns,
  row: number | undefined,
  payloadFetchedAt: number,
  splits: readonly AppliedSplit[],
): string | null {
  if (kind !== 'later' && fetchedAt !== payloadFetchedAt) return 'was fetched at another time';
  if (row === undefined) return 'has no such bar';
  const ratios = ratiosOf(splits, { session: parsed.session[row]!, fetchedAt: payloadFetchedAt, recordedAt });
  for (const [i, column] of VALUES.entries()) {
    const given = parsed[column][row]!;
    if (isAtLevel(column === 'volume' ? 'volume' : 'price', values[i]!, given, ratios)) continue;
    const splitsBefore =
      ratios.length === 0 ? '' : ` before ${ratios.map((ratio) => `a split of ${ratio}`).join(' and ')}`;
    return `has ${column} ${given}${splitsBefore}, stored is ${values[i]}`;
  }
  return null;
}

import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import { DIGEST_BYTES, digestOfBar, type GivenBars } from '../../db/repositories/proof/payload-digests.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { counted } from '../../domain/in-words.js';
import { CELL_RULES } from '../../domain/rules/payload-rules.js';
import { atLevel, isAtLevel, ratiosOf } from './at-level.js';
import type { DerivedPayload } from './derived-payloads.js';
import type { Findings } from './findings.js';
import type { DigestedPayload } from './check-digests.js';
import { type LoadedPayload, nameOf, type SeriesFile, titleOf } from './stored-series.js';

const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const;
type Column = (typeof VALUES)[number];
const ALL_BUT_OPEN = VALUES.slice(1);

/** A stored version of a bar, to compare with a payload. */
interface Version {
  time: number;
  values: (number | null)[];
  /** Of the payload that it came in, epoch ms. */
  fetchedAt: number;
  recordedAt: number;
  /**
   * `open`: of a current or former bar, to compare with the earlier payload that its open is from. `later`: the current bar,
   * to compare with the newest payload, which may not be the one that it came in.
   */
  kind: 'bar' | 'former' | 'open' | 'later';
  /** Those to compare. */
  columns: readonly Column[];
  /** Of an open to compare with the newest payload that knows it: the later ones that do not, with their ranges. */
  later?: readonly Range[];
}

/** What a payload has of a bar without its open. */
interface Range {
  low: number;
  high: number;
  /** Of the payload. */
  fetchedAt: number;
}

export interface CheckedValues {
  /** Versions that were compared with their payload. */
  compared: number;
  /** Versions that were compared with the digest of their pruned payload (PAYLOAD_RETENTION_DAYS). */
  digested: number;
  /** Versions that can be compared with neither. */
  unproven: number;
  /** Current bars by what proves them: a payload that has them, or else the digest of their own. */
  bars: { payload: number; digest: number; none: number };
}

/**
 * Checks that every version of a bar equals what the real parser and transform make of its payload, and the current
 * version also equals the newest payload. Each bar of a payload is stored or recorded as lost; each replaced version is kept.
 */
export class ValueCheck {
  readonly checked: CheckedValues = {
    ...{ compared: 0, digested: 0, unproven: 0 },
    bars: { payload: 0, digest: 0, none: 0 },
  };
  /** By the payload to compare them with, itself or its digest. */
  readonly #versions = new Map<number, Version[]>();
  /** Position of each current bar by its open. */
  readonly #indexOf: ReadonlyMap<number, number>;
  /** Lost slots by session. */
  readonly #lost: ReadonlyMap<string, string>;
  /** Bars without an open, by payload and then by time. */
  readonly #unknownOpens: ReadonlyMap<number, ReadonlyMap<number, Range>>;

  constructor(
    private readonly file: SeriesFile,
    private readonly findings: Findings,
  ) {
    this.#indexOf = new Map(file.bars.time.map((time, i) => [time, i]));
    this.#lost = new Map(file.coverage.map((row) => [row.session, row.lost]));
    this.#unknownOpens = unknownOpensOf(file);
    this.#checkGone();
    checkRevisionCounts(file, findings);
    this.#groupVersions();
  }

  /** Checks that each bar of a payload is stored, or recorded as lost by coverage. */
  #checkGone(): void {
    const gone = new Map<number, number>();
    for (const { id, times } of this.file.payloads)
      for (const time of times) if (!this.#indexOf.has(time)) gone.set(time, id);
    for (const [time, payloadId] of gone)
      if (!this.#isLost(time))
        this.findings.add('bar_gone', `${nameOf(this.file.series, time)}: was in payload ${payloadId}`);
  }

  #isLost(time: number): boolean {
    const { calendar, timeframe } = this.file.rules;
    const place = placeOf(calendar, timeframe, time);
    return place !== null && this.#lost.get(place.session.date)?.[place.index] === '1';
  }

  /** Compares the versions of a payload. */
  compare({ row, batch: { bars } }: DerivedPayload): void {
    const versions = this.#versions.get(row.id) ?? [];
    this.checked.compared += versions.length;
    const rowOf = new Map(bars.time.map((time, i) => [time, i]));
    for (const version of versions) {
      const i = rowOf.get(version.time);
      const given = i === undefined ? undefined : VALUES.map((column) => bars[column][i]!);
      const wrong = differenceOf(version, given, bars.session[i!] ?? '', row.fetchedAt, this.file.splits);
      if (wrong === null) continue;
      const what = `${nameOf(this.file.series, version.time)}${version.kind === 'former' ? ', an earlier version' : ''}: payload ${row.id} ${wrong}`;
      this.findings.add(version.kind === 'later' ? 'later_values' : 'other_values', what);
    }
  }

  /** Compares the versions of a pruned payload, and looks for those that it should have. */
  compareDigest({ row, gave }: DigestedPayload): void {
    const versions = Map.groupBy(this.#versions.get(row.id) ?? [], ({ time }) => time);
    const isGiven = (digest: Buffer, time: number, values: Version['values']) =>
      digestOfBar(this.file.series, time, values).equals(digest);
    for (const { time, digest, values } of givenBars(gave.bars)) {
      const own = versions.get(time) ?? [];
      versions.delete(time);
      if (own.length === 0) this.#checkSuccessor(row, time, (stored) => isGiven(digest, time, stored));
      const given = values ?? own.find((version) => isGiven(digest, time, version.values))?.values;
      for (const version of own)
        this.#addDigested(row, version, given ? this.#differenceFrom(given, version, row) : 'gave other values');
    }
    for (const version of [...versions.values()].flat()) this.#addDigested(row, version, 'had no such bar');
  }

  #addDigested(row: LoadedPayload, { time, kind }: Version, wrong: string | null): void {
    this.checked.digested++;
    if (wrong === null) return;
    const former = kind === 'former' ? ', an earlier version' : '';
    this.findings.add(
      'other_values',
      `${nameOf(this.file.series, time)}${former}: payload ${row.id}, which was pruned, ${wrong}`,
    );
  }

  /** A bar of which no version is stored may have been lost, and have come again with a later payload. */
  #checkSuccessor(row: LoadedPayload, time: number, isGiven: (stored: Version['values']) => boolean): void {
    const { series, bars } = this.file;
    const i = this.#indexOf.get(time);
    if (i === undefined) {
      if (!this.#isLost(time))
        this.findings.add('bar_gone', `${nameOf(series, time)}: was in payload ${row.id}, which was pruned`);
    } else if (bars.fetchedAt[i]! < row.fetchedAt && !isGiven(this.#asGivenBy(row, versionAt(bars, i, 'bar'))))
      this.findings.add(
        'later_values',
        `${nameOf(series, time)}: payload ${row.id}, which was pruned, is later and gave other values`,
      );
  }

  /** The values of a bar; with the close in place of the open if the payload does not know it. */
  #asGivenBy({ id }: LoadedPayload, { time, values }: Version): Version['values'] {
    return this.#unknownOpens.get(id)?.has(time) ? values.with(0, values[VALUES.indexOf('close')]!) : values;
  }

  #differenceFrom(given: Version['values'], version: Version, row: LoadedPayload): string | null {
    const session = this.file.splits.length === 0 ? '' : this.#sessionOf(version.time);
    return differenceOf(version, given, session, row.fetchedAt, this.file.splits);
  }

  #sessionOf(time: number): string {
    const { bars, rules } = this.file;
    const i = this.#indexOf.get(time);
    return i === undefined
      ? (placeOf(rules.calendar, rules.timeframe, time)?.session.date ?? utcDate(time))
      : bars.session[i]!;
  }

  #groupVersions(): void {
    const { bars, revisions, payloads } = this.file;
    const newest = new Map<number, LoadedPayload>();
    const newestWithOpen = new Map<number, LoadedPayload>();
    const later = new Map<number, Range[]>();
    for (const payload of payloads) {
      const unknown = this.#unknownOpens.get(payload.id);
      for (const time of payload.times) {
        newest.set(time, payload);
        const range = unknown?.get(time);
        if (range) later.set(time, [...(later.get(time) ?? []), range]);
        else if (this.#unknownOpens.size > 0) {
          newestWithOpen.set(time, payload);
          later.delete(time);
        }
      }
    }
    const known = new Map(payloads.map((payload) => [payload.id, payload]));
    const addVersion = (from: typeof bars | typeof revisions, i: number, kind: 'bar' | 'former') => {
      const open = from.openPayloadId.get(i);
      const columns = open === undefined ? VALUES : ALL_BUT_OPEN;
      this.#add(known.get(from.payloadId[i]!), from.payloadId[i]!, versionAt(from, i, kind, columns));
      if (open !== undefined) this.#add(known.get(open), open, versionAt(from, i, 'open', ['open']));
    };
    bars.time.forEach((time, i) => {
      const own = known.get(bars.payloadId[i]!);
      addVersion(bars, i, 'bar');
      const last = newest.get(time);
      const isLater = last !== undefined && last !== own && last.isKept;
      const ranges = later.get(time);
      if (isLater) this.#add(last, last.id, versionAt(bars, i, 'later', ranges ? ALL_BUT_OPEN : VALUES));
      const knows = newestWithOpen.get(time);
      if (ranges && knows?.isKept)
        this.#add(knows, knows.id, { ...versionAt(bars, i, 'later', ['open']), later: ranges });
      this.checked.bars[
        isLater || own?.isKept ? 'payload' : own && this.file.digests.get(own.id) ? 'digest' : 'none'
      ]++;
    });
    revisions.time.forEach((_, i) => addVersion(revisions, i, 'former'));
  }

  #add(payload: LoadedPayload | undefined, payloadId: number, version: Version): void {
    if (!payload) {
      const name = nameOf(this.file.series, version.time);
      this.findings.add('no_payload', `${name}: payload ${payloadId} is not one of this series`);
    } else if (payload.isKept || this.file.digests.get(payloadId)) {
      const versions = this.#versions.get(payloadId);
      if (versions) versions.push(version);
      else this.#versions.set(payloadId, [version]);
    } else this.checked.unproven++;
  }
}

function unknownOpensOf({ rejected, payloadRows }: SeriesFile): Map<number, Map<number, Range>> {
  const rows = rejected.filter(({ rule, state }) => rule === CELL_RULES.unknown_open.id && state === 'stored');
  const fetchedAt = new Map(rows.length === 0 ? [] : payloadRows.map((payload) => [payload.id, payload.fetchedAt]));
  return new Map(
    [...Map.groupBy(rows, ({ payloadId }) => payloadId)].map(([id, own]) => [
      id,
      new Map(
        own.map(({ time, raw }) => {
          const { low, high } = raw as { low: number; high: number };
          return [time!, { low, high, fetchedAt: fetchedAt.get(id) ?? 0 }] as const;
        }),
      ),
    ]),
  );
}

function versionAt(
  from: SeriesFile['revisions'] | SeriesFile['bars'],
  i: number,
  kind: Version['kind'],
  columns: readonly Column[] = VALUES,
): Version {
  return {
    time: from.time[i]!,
    values: VALUES.map((column) => from[column][i]!),
    fetchedAt: from.fetchedAt[i]!,
    recordedAt: from.recordedAt[i]!,
    kind,
    columns,
  };
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
        `${titleOf(series)}: payload ${id} replaced ${counted(updated, 'bar')}, earlier versions kept: ${updated - missing}`,
        missing,
      );
  }
}

/** How a version differs from what its payload gave, in words; null if it does not. @param given undefined if it had no such bar */
function differenceOf(
  { values, fetchedAt, recordedAt, kind, columns, later = [] }: Version,
  given: Version['values'] | undefined,
  session: string,
  payloadFetchedAt: number,
  splits: readonly AppliedSplit[],
): string | null {
  if ((kind === 'bar' || kind === 'former') && fetchedAt !== payloadFetchedAt) return 'was fetched at another time';
  if (given === undefined) return 'has no such bar';
  const ratiosSince = (instant: number) => ratiosOf(splits, { session, fetchedAt: instant, recordedAt });
  const ratios = ratiosSince(payloadFetchedAt);
  const open = atLevel(given[0]!, ratios);
  const excluding = later.find(({ low, high, fetchedAt: since }) => {
    const then = ratiosSince(since);
    return open < atLevel(low, then) || open > atLevel(high, then);
  });
  if (excluding) {
    const close = values[VALUES.indexOf('close')];
    return values[0] === close ? null : `has open ${given[0]}, which a later one excludes, stored is ${values[0]}`;
  }
  for (const column of columns) {
    const i = VALUES.indexOf(column);
    if (isAtLevel(column === 'volume' ? 'volume' : 'price', values[i]!, given[i]!, ratios)) continue;
    const splitsBefore =
      ratios.length === 0 ? '' : ` before ${ratios.map((ratio) => `a split of ${ratio}`).join(' and ')}`;
    return `has ${column} ${given[i]}${splitsBefore}, stored is ${values[i]}`;
  }
  return null;
}

/** The bars that a pruned payload is known to have given; the values themselves only where none of its versions has them. */
function* givenBars({
  times,
  digests,
  values,
}: GivenBars): Generator<{ time: number; digest: Buffer; values: Version['values'] | undefined }> {
  const bytes = Buffer.from(digests, 'base64');
  const known = new Map(values.map(([at, ...given]) => [at, given]));
  for (const [i, time] of times.entries())
    yield { time, digest: bytes.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES), values: known.get(i) };
}

import { coverageOfRequest } from '../../activities/batch-of-payload.js';
import type { GivenCoverage } from '../../db/repositories/proof/payload-digests.js';
import type { RejectedRow } from '../../db/repositories/proof/stored-payloads.js';
import type { StoredCoverage } from '../../db/repositories/read/whole-series.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { DAY, HOUR } from '../../domain/timeframe.js';
import { EMPTY_AFTER_MS, type PayloadCoverage } from '../../domain/transform/transform.js';
import type { DerivedPayload } from './derived-payloads.js';
import type { Findings } from './findings.js';
import { calendarOn, isOfClosedDay, type LoadedPayload, nameOf, type SeriesFile, titleOf } from './stored-series.js';

/** The longest that a session waits for its next attempt (config/catalog/pending-slot-waits.ts, corrupt slots), with some slack. */
const LONGEST_WAIT_MS = DAY + HOUR;
/** How far the counts around a session may have moved since heal called it as empty as usual. */
const SLACK = 2;

/** What the payloads of a series show about one session; a byte per slot. */
interface Shown {
  answered: Uint8Array;
  empty: Uint8Array;
  /** Had a bar, or may have had one in a payload whose body is gone. */
  given: Uint8Array;
  /** When payloads that cover the whole session were fetched, microseconds. */
  wholeAt: Set<number>;
}

/** Checks that coverage claims only what loaded payloads show. */
export class EvidenceCheck {
  readonly #shown = new Map<string, Shown>();

  constructor(
    private readonly file: SeriesFile,
    clockOffsetMs: number,
  ) {
    for (const row of file.payloads) {
      if (row.isKept || !row.isLoaded) continue;
      const gave = file.digests.get(row.id)?.gave;
      const covered = requestedBy(row, file, clockOffsetMs);
      if (gave) this.#add(row, coveredBy(covered, gave.coverage), ({ filled }) => filled);
      else this.#add(row, covered, ({ answered }) => answered);
    }
  }

  compare({ row, batch }: DerivedPayload): void {
    if (row.isLoaded) this.#add(row, batch.coverage, ({ filled }) => filled);
  }

  #add(row: LoadedPayload, coverage: readonly PayloadCoverage[], givenBy: (part: PayloadCoverage) => string): void {
    for (const part of coverage) {
      const shown = this.#shown.get(part.session) ?? nothingShown(part.expected);
      this.#shown.set(part.session, shown);
      mark(shown.answered, part.answered);
      mark(shown.empty, part.empty);
      mark(shown.given, givenBy(part));
      if (!part.answered.includes('0')) shown.wholeAt.add(microseconds(row.fetchedAt));
    }
  }

  /** To be called once all payloads were compared. */
  finish(findings: Findings): void {
    const { series, coverage, wallNow } = this.file;
    const corrupt = corruptTimes(this.file);
    for (const row of coverage) {
      if (isOfClosedDay(this.file, row)) continue;
      const shown = this.#shown.get(row.session) ?? nothingShown(row.expected);
      const name = `${titleOf(series)} ${row.session}`;
      if (shown.answered.length === row.expected) this.#checkSlots(row, shown, corrupt, findings);
      if (row.verifiedAt !== null && !shown.wholeAt.has(microseconds(row.verifiedAt)))
        findings.add(
          'coverage_evidence',
          `${name}: no payload of ${new Date(row.verifiedAt).toISOString()} covers it as a whole`,
        );
      if (row.nextAttemptAt && row.nextAttemptAt.getTime() > wallNow + LONGEST_WAIT_MS)
        findings.add('coverage_wait', `${name}: its next attempt is at ${row.nextAttemptAt.toISOString()}`);
      if (row.asUsual && !isAsUsual(row, coverage))
        findings.add('coverage_evidence', `${name}: counts as empty as usual, but the sessions around it are not`);
    }
  }

  #checkSlots(row: StoredCoverage, shown: Shown, corrupt: ReadonlySet<number>, findings: Findings): void {
    const { series, rules } = this.file;
    const calendar = calendarOn(this.file, row.session);
    const session = calendar.sessionOn(row.session);
    if (!session) return; // told as coverage_row
    const times = slotsOf(calendar.id, rules.timeframe, session);
    const claims = {
      answered: (i: number) => row.filled[i] === '1' || shown.answered[i] === 1,
      empty: (i: number) => shown.empty[i] === 1,
      lost: (i: number) => shown.given[i] === 1,
      corrupt: (i: number) => corrupt.has(times[i]!),
    };
    const WORDS = { answered: 'requested', empty: 'empty', lost: 'lost', corrupt: 'corrupt' };
    for (const [state, isShown] of Object.entries(claims) as [keyof typeof claims, (i: number) => boolean][]) {
      const wrong = times.flatMap((time, i) => (row[state][i] === '1' && !isShown(i) ? [time] : []));
      if (wrong.length > 0)
        findings.add(
          'coverage_evidence',
          `${nameOf(series, wrong[0]!)}: marked as ${WORDS[state]}, which no payload shows`,
          wrong.length,
        );
    }
  }
}

/** What a payload without a body was requested for; nothing if its row was changed so that it makes no sense (payload_changed). */
function requestedBy(row: LoadedPayload, { series }: SeriesFile, clockOffsetMs: number): PayloadCoverage[] {
  const { providerSymbol, exchange } = row;
  if (!providerSymbol) return [];
  const request = { ...series, ...row, providerSymbol, exchange: exchange ?? series.exchange, currency: '' };
  try {
    return coverageOfRequest(request, clockOffsetMs);
  } catch {
    return [];
  }
}

/** What a pruned payload showed of the sessions that it was requested for. */
function coveredBy(requested: PayloadCoverage[], { full, other }: GivenCoverage): PayloadCoverage[] {
  const known = new Map(other.map(([session, filled, empty]) => [session, { filled, empty }]));
  return requested.flatMap((part) => {
    const { session, answered } = part;
    if (full.some(([from, to]) => from <= session && session <= to)) return [{ ...part, filled: answered, empty: '' }];
    const shown = known.get(session);
    return shown ? [{ ...part, ...shown }] : [];
  });
}

const microseconds = (ms: number): number => Math.round(ms * 1000);

const nothingShown = (slots: number): Shown => ({
  answered: new Uint8Array(slots),
  empty: new Uint8Array(slots),
  given: new Uint8Array(slots),
  wholeAt: new Set(),
});

function mark(bytes: Uint8Array, bits: string): void {
  for (let i = bits.indexOf('1'); i !== -1; i = bits.indexOf('1', i + 1)) bytes[i] = 1;
}

/** Slots for which two payloads, fetched far enough apart, had the same rejected values (coverage/classify-gaps.ts). */
function corruptTimes({ rejected, payloadRows, rules }: SeriesFile): Set<number> {
  const fetchedAt = new Map(payloadRows.map((row) => [row.id, row.fetchedAt]));
  const valuesOf = ({ time, rule, raw }: RejectedRow) => JSON.stringify([time, rule, { ...raw, stamp: null }]);
  const repeated = [...Map.groupBy(rejected, valuesOf).values()].filter((rows) => {
    const fetches = rows.map(({ payloadId }) => fetchedAt.get(payloadId) ?? Number.NaN);
    return Math.max(...fetches) - Math.min(...fetches) >= EMPTY_AFTER_MS;
  });
  return new Set(repeated.flatMap(([row]) => slotTimes(rules, row!.time)));
}

function slotTimes({ calendar, timeframe }: SeriesFile['rules'], time: number | null): number[] {
  if (time === null) return [];
  const place = placeOf(calendar, timeframe, time);
  return place ? [slotsOf(calendar.id, timeframe, place.session)[place.index]!] : [time];
}

/** As heal decides (classifyUsuallyEmpty), with some slack: other sessions may have been filled since. */
function isAsUsual(row: StoredCoverage, all: readonly StoredCoverage[]): boolean {
  const count = ({ filled }: StoredCoverage) => filled.replaceAll('0', '').length;
  const at = Date.parse(row.session);
  const near = all
    .filter((other) => other !== row && other.verifiedAt !== null)
    .toSorted((a, b) => Math.abs(Date.parse(a.session) - at) - Math.abs(Date.parse(b.session) - at))
    .slice(0, 30)
    .map(count)
    .sort((a, b) => a - b);
  const median = (near[Math.floor((near.length - 1) / 2)]! + near[Math.ceil((near.length - 1) / 2)]!) / 2;
  return near.length >= 10 && median > 0 && 2 * SLACK * count(row) >= median;
}

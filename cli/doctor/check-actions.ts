import type { StoredAction } from '../../db/repositories/proof/stored-facts.js';
import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import type { NewAction } from '../../db/repositories/load/write-batch.js';
import { exDatesOf } from '../../domain/adjustment/split-identity.js';
import { DAY, HOUR } from '../../domain/timeframe.js';
import type { GivenAction } from '../../db/repositories/proof/payload-digests.js';
import type { DigestedPayload } from './check-digests.js';
import type { DerivedPayload } from './derived-payloads.js';
import type { Findings } from './findings.js';
import type { LoadedPayload } from './stored-series.js';

/** An action as a payload tells of it. */
interface Told {
  row: LoadedPayload;
  action: NewAction;
  /** As it was stored when the payload was pruned. */
  stored?: GivenAction['stored'];
}

/** A payload is transformed right after it is fetched, or when its worker is back. */
const LATE_TRANSFORM_MS = HOUR;
/** PostgreSQL divides by several splits at once or one after the other, which differs in the last bits. */
const isAmount = (stored: number, expected: number, splits: number): boolean =>
  Object.is(stored, expected) || (splits > 1 && Math.abs(stored / expected - 1) < 4 * splits * Number.EPSILON);

/**
 * Checks that the splits and dividends of an asset are those of its payloads, of all its series together: each stored one
 * is told by its payload, or that of another source, and each one that a payload tells of is stored, from the latest such payload.
 */
export class ActionCheck {
  readonly #payloads = new Map<number, LoadedPayload>();
  readonly #told = new Map<string, Told[]>();
  readonly #derived = new Set<number>();
  #firstLoadedFetch = Number.POSITIVE_INFINITY;

  addPayloads(payloads: readonly LoadedPayload[]): void {
    for (const row of payloads) {
      this.#payloads.set(row.id, row);
      if (row.isLoaded) this.#firstLoadedFetch = Math.min(this.#firstLoadedFetch, row.fetchedAt);
    }
  }

  compare({ row, batch }: DerivedPayload): void {
    this.#derived.add(row.id);
    for (const action of batch.actions) this.#add({ row, action });
  }

  compareDigest({ row, gave }: DigestedPayload): void {
    this.#derived.add(row.id);
    for (const { stored, ...action } of gave.actions) this.#add({ row, action, stored });
  }

  #add(told: Told): void {
    const key = keyOf(told.action);
    const others = this.#told.get(key);
    if (others) others.push(told);
    else this.#told.set(key, [told]);
  }

  /** To be called once the payloads of all series were compared. @param name of the asset */
  finish(name: string, stored: readonly StoredAction[], applied: readonly AppliedSplit[], findings: Findings): void {
    const splits = stored.filter(isSplit);
    const exDates = exDatesOf(splits);
    splits.forEach(({ session, sameAs }, i) => {
      const exDate = exDates[i] === session ? null : exDates[i]!;
      if (sameAs !== exDate)
        findings.add(
          'other_action',
          `${name} split ${session}: counts ${sameAs ? `as that of ${sameAs}` : 'by itself'}, though ${exDate ? `it is that of ${exDate}` : 'no other is like it'}`,
        );
    });
    for (const action of stored) {
      const wrong = this.#differenceOf(action, stored, applied) ?? this.#instantProblem(action);
      if (wrong) findings.add('other_action', `${name} ${keyOf(action)}: ${wrong}`);
    }
    const known = new Set(stored.map(keyOf));
    for (const [key, told] of this.#told) {
      if (known.has(key)) continue;
      const due = told.filter(({ row, action }) => !this.#waitsForSplit(action, row.fetchedAt, stored));
      if (due.length > 0) findings.add('action_gone', `${name} ${key}: was in payload ${due.at(-1)!.row.id}`);
    }
  }

  #differenceOf(
    action: StoredAction,
    stored: readonly StoredAction[],
    applied: readonly AppliedSplit[],
  ): string | null {
    if (action.isOfOther) return null; // checked where it is told
    const row = this.#payloads.get(action.payloadId);
    if (!row) return `payload ${action.payloadId} is not one of this asset`;
    const all = this.#told.get(keyOf(action)) ?? [];
    const own = all.find((told) => told.row.id === row.id);
    if (!own) return this.#derived.has(row.id) ? `payload ${row.id} has no such action` : null;
    const later = all.find(
      (told) => isLater(told.row, row) && !this.#waitsForSplit(action, told.row.fetchedAt, stored),
    );
    return (
      valueProblem(action, own, stored, applied) ?? (later ? `payload ${later.row.id} is later and has it too` : null)
    );
  }

  /**
   * While a split is due, dividends are not taken: their amounts may be those of a level that is not applied yet. A split that
   * was over before the first bar is applied by the transaction that stores it, so it is never due.
   */
  #waitsForSplit({ kind }: { kind: string }, fetchedAt: number, stored: readonly StoredAction[]): boolean {
    if (kind !== 'dividend') return false;
    return stored.filter(isSplit).some((split) => {
      const opens = split.inForceAt ?? Date.parse(split.session);
      const wasOver = this.#firstLoadedFetch >= Math.min(split.firstSeenAt, opens + DAY);
      if (split.sameAs !== null || wasOver) return false;
      const since = Math.max(opens, split.firstSeenAt);
      const until = Math.min(split.appliedAt ?? Infinity, split.refutedAt ?? Infinity);
      return fetchedAt < until && fetchedAt + LATE_TRANSFORM_MS >= since;
    });
  }

  /** What is known of a split comes from a payload of the asset, and is dated by it. */
  #instantProblem(action: StoredAction): string | null {
    const fetches = new Set([...this.#payloads.values()].map(({ fetchedAt }) => microseconds(fetchedAt)));
    const told = this.#told.get(keyOf(action)) ?? [];
    const ends = new Set(told.map(({ action: { endsAt } }) => microseconds(endsAt)));
    const isOfPayload = (at: number | null) => at === null || fetches.has(microseconds(at));
    if (!isOfPayload(action.mixedAt)) return 'no payload was fetched when old prices are said to have come';
    if (!isOfPayload(action.refutedAt)) return 'no payload was fetched when prices are said to have spoken against it';
    if (told.length > 0 && !isOfPayload(action.levelSince) && !ends.has(microseconds(action.levelSince!)))
      return 'no payload was fetched when prices are said to have changed';
    const isAllKept = [...this.#payloads.values()].every(({ isKept }) => isKept);
    const first = Math.min(...told.map(({ row }) => row.fetchedAt));
    return isAllKept && told.length > 0 && action.firstSeenAt < first ? 'was known before a payload had it' : null;
  }
}

const keyOf = ({ kind, session }: { kind: string; session: string }): string => `${kind} ${session}`;
const microseconds = (ms: number): number => Math.round(ms * 1000);
const isSplit = (action: StoredAction): action is StoredAction & { numerator: number; denominator: number } =>
  action.kind === 'split';

/** A later payload wins, ties by hash, as in a load. */
const isLater = (a: LoadedPayload, b: LoadedPayload): boolean =>
  a.fetchedAt > b.fetchedAt || (a.fetchedAt === b.fetchedAt && a.sha256 > b.sha256);

function valueProblem(
  stored: StoredAction,
  { row, action, stored: before }: Told,
  all: readonly StoredAction[],
  applied: readonly AppliedSplit[],
): string | null {
  if (stored.kind === 'split') {
    const { numerator, denominator } = action;
    if (stored.numerator !== numerator || stored.denominator !== denominator)
      return `payload ${row.id} has ${numerator}:${denominator}, stored is ${stored.numerator}:${stored.denominator}`;
  } else if (!amountsOf(action, row, all, applied).some((amount) => isAmount(stored.amount!, amount, applied.length)))
    return `payload ${row.id} has ${action.amount}, stored is ${stored.amount}`;
  if (stored.currency !== (action.currency ?? null))
    return `payload ${row.id} has the currency ${action.currency ?? 'of the prices'}, stored is ${stored.currency ?? 'that of the prices'}`;
  if (stored.inForceAt !== null && stored.inForceAt !== action.inForceAt)
    return 'is in force from another instant than the open of its session';
  if (before && before.firstSeenAt !== stored.firstSeenAt) return 'was first seen at another time';
  if (before && before.appliedAt !== null && before.appliedAt !== stored.appliedAt)
    return 'was applied at another time';
  return null;
}

/**
 * The amounts that a dividend may have by now: divided by the applied splits after it that its payload was fetched before.
 * What an indecisive provider showed first and took back may have been divided too, or not yet.
 */
function amountsOf(
  { amount, session }: NewAction,
  { fetchedAt }: LoadedPayload,
  all: readonly StoredAction[],
  applied: readonly AppliedSplit[],
): number[] {
  const mixed = new Set(all.flatMap((action) => (action.mixedAt === null ? [] : [action.session])));
  const later = applied.filter((split) => session < split.session);
  return later.reduce(
    (amounts, { session: date, divisor, levelFrom }) => {
      const divided = amounts.map((each) => each / divisor);
      if (mixed.has(date)) return [...amounts, ...divided];
      return levelFrom > fetchedAt ? divided : amounts;
    },
    [amount!],
  );
}

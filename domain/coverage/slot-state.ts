/** Why a bar that is expected is not there yet: it will be asked for. */
export const PENDING_REASONS = [
  'not_asked', // no answer has told of it since it was final
  'null_at_provider', // answered without a bar, and not confirmed yet
  'rejected', // the provider's row broke a rule
  'lost', // it was stored, and is gone by other means than a load
] as const;
export type PendingReason = (typeof PENDING_REASONS)[number];

/** Why it can't be had. */
export const UNOBTAINABLE_REASONS = [
  'corrupt', // the provider keeps giving the same values, which break a rule
  'out_of_reach', // older than the provider answers for
] as const;
export type UnobtainableReason = (typeof UNOBTAINABLE_REASONS)[number];

/** What an expected bar is: stored; confirmed empty; or missing, for one reason. */
export type SlotState = 'filled' | 'empty' | PendingReason | UnobtainableReason;

/** A row of the table `coverage`; a bit a slot, as text. */
export interface CoverageBits {
  filled: string;
  answered: string;
  /** As answers showed it; whether that counts is told by the whole session. */
  empty: string;
  lost: string;
  corrupt: string;
  asUsual: boolean;
}

/** At least half of the slots have a bar. The one place of this rule here; in SQL: the function coverage_is_half_filled. */
const isHalfFilled = (filled: string): boolean => 2 * filled.replaceAll('0', '').length >= filled.length;

/** Empty slots count as confirmed in a session that is at least half filled, or as empty as usual. */
export const isEmptyConfirmed = ({ filled, asUsual }: CoverageBits): boolean => asUsual || isHalfFilled(filled);

/**
 * The one state of the i-th slot of a session.
 * @param row undefined where nobody has asked for any of it
 * @param confirmed `isEmptyConfirmed(row)`
 */
export function slotState(
  row: CoverageBits | undefined,
  i: number,
  { confirmed, isBeyond, isRejected }: { confirmed: boolean; isBeyond: boolean; isRejected: boolean },
): SlotState {
  const is = (bits: keyof Omit<CoverageBits, 'asUsual'>) => row?.[bits][i] === '1';
  if (is('filled')) return 'filled';
  if (is('corrupt')) return 'corrupt';
  if (confirmed && is('empty') && !is('lost')) return 'empty';
  if (isBeyond) return 'out_of_reach';
  if (is('lost')) return 'lost';
  if (isRejected) return 'rejected';
  return is('answered') ? 'null_at_provider' : 'not_asked';
}

/** Which slots of a session are expected: those from `first` to before `due`; before `beyond` they are out of reach. */
export interface ExpectedPart {
  first: number;
  due: number;
  beyond: number;
}

/**
 * Counts the expected slots of one session by state.
 * @param row undefined where nobody has asked for any of it
 * @param rejected slots without a bar whose row broke a rule
 */
export function countStates(
  row: CoverageBits | undefined,
  { first, due, beyond }: ExpectedPart,
  rejected: ReadonlySet<number>,
): Map<SlotState, number> {
  const counts = new Map<SlotState, number>();
  const confirmed = row !== undefined && isEmptyConfirmed(row);
  for (let slot = first; slot < due; slot++) {
    const state = slotState(row, slot, { confirmed, isBeyond: slot < beyond, isRejected: rejected.has(slot) });
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

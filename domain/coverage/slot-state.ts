/** Why an expected bar is not stored yet. It will be requested (again). */
export const PENDING_REASONS = [
  'not_asked', // no payload has covered it since it became final
  'null_at_provider', // a payload covered it without a bar; not confirmed empty yet
  'rejected', // the provider's row broke a rule
  'lost', // it was stored, then removed by something other than a load
] as const;
export type PendingReason = (typeof PENDING_REASONS)[number];

/** Why an expected bar cannot be filled. */
export const UNOBTAINABLE_REASONS = [
  'corrupt', // the provider keeps sending the same values, which break a rule
  'out_of_reach', // older than the provider reaches
] as const;
export type UnobtainableReason = (typeof UNOBTAINABLE_REASONS)[number];

/** The state of an expected bar: stored, confirmed empty, or missing for one reason. */
export type SlotState = 'filled' | 'empty' | PendingReason | UnobtainableReason;

/** A row of the table `coverage`: one bit per slot, as text. */
export interface CoverageBits {
  filled: string;
  answered: string;
  /** Empty in a payload. Whether that confirms the slot as empty depends on the whole session: `isEmptyConfirmed`. */
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
 * The state of the i-th slot of a session.
 * @param row undefined if no part of the session has been requested
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

/** The expected slots of a session: from `first` up to, excluding, `due`. Those before `beyond` are out of reach. */
export interface ExpectedPart {
  first: number;
  due: number;
  beyond: number;
}

/**
 * Counts the expected slots of one session by state.
 * @param row undefined if no part of the session has been requested
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

import type { NeighbourWarning } from './neighbour-rules.js';
import type { SessionAction } from '../transform/transform.js';

/** The part of a change (log) that may remain unexplained: the market's own move on the same day. More, if that is usual. */
const LEFT_OVER = { unusual: 1 / 3, usual: 1 / 2 };
/** A move this many times the usual large one is usual enough beside an action. `step` needs ten. */
const TIMES_USUAL = 5;

type Change = Pick<NeighbourWarning, 'session' | 'details'>;

/**
 * The dividend of the same session that accounts for a change which a rule reported, or null. Called on read, not when the
 * warning is recorded: actions become known before or after the bars, and warnings must not depend on that order.
 */
export const explanationOf = (change: Change, actions: readonly SessionAction[]): SessionAction | null =>
  accountingFor(
    change,
    actions,
    (action, previousClose) =>
      action.kind === 'dividend' && !action.currency ? Math.log(1 - action.amount / previousClose) : NaN, // NaN too if it exceeds the price
  );

/**
 * The split of the same session by whose ratio the prices jump, or null. Stored bars are adjusted for splits: such a jump is
 * no explanation but a fault, bars before the split that are still at the old level.
 */
export const unadjustedSplit = (change: Change, actions: readonly SessionAction[]): SessionAction | null =>
  accountingFor(change, actions, (action) =>
    action.kind === 'split' ? Math.log(action.denominator / action.numerator) : NaN,
  );

/** @param expected the change (log) that an action brings; NaN = none */
function accountingFor(
  { session, details }: Change,
  actions: readonly SessionAction[],
  expected: (action: SessionAction, previousClose: number) => number,
): SessionAction | null {
  const { ratio, previousClose, timesUsual } = details;
  if (typeof ratio !== 'number' || typeof previousClose !== 'number') return null; // a repeat, not a change
  const change = Math.log(ratio);
  const accountsFor = (action: SessionAction): boolean => {
    const left = Math.abs(change - expected(action, previousClose)) / Math.abs(change);
    const isUsual = typeof timesUsual === 'number' && left * timesUsual <= TIMES_USUAL;
    return left <= (isUsual ? LEFT_OVER.usual : LEFT_OVER.unusual);
  };
  return actions.find((action) => action.session === session && accountsFor(action)) ?? null;
}

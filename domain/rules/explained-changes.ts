import type { NeighbourWarning } from './neighbour-rules.js';
import type { SessionAction } from '../transform/transform.js';

/** The part of a change (log) that may remain unexplained: the market's own move on the same day. */
const LEFT_OVER = 1 / 3;

/**
 * The split or dividend of the same session that accounts for a change which a rule reported, or null. Called on read, not
 * when the warning is recorded: actions become known before or after the bars, and warnings must not depend on that order.
 */
export function explanationOf(
  { session, details }: Pick<NeighbourWarning, 'session' | 'details'>,
  actions: readonly SessionAction[],
): SessionAction | null {
  const { ratio, previousClose } = details;
  if (typeof ratio !== 'number' || typeof previousClose !== 'number') return null; // a repeat, not a change
  const change = Math.log(ratio);
  const accountsFor = (action: SessionAction): boolean => {
    const expected =
      action.kind === 'split'
        ? Math.log(action.denominator / action.numerator)
        : Math.log(1 - action.amount / previousClose); // NaN if it exceeds the price
    return Math.abs(change - expected) <= LEFT_OVER * Math.abs(change);
  };
  return actions.find((action) => action.session === session && accountsFor(action)) ?? null;
}

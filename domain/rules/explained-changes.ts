import type { NeighbourWarning } from './neighbour-rules.js';
import type { SessionAction } from '../transform/transform.js';

/** How much of a change (log) may be left over: what the market does on the same day. */
const LEFT_OVER = 1 / 3;

/**
 * The split or dividend of the same session that accounts for a change which a rule found odd, or null. Asked on read, not
 * where the warning is made: actions become known before or after the bars, and the warnings must not depend on which.
 */
export function explanationOf(
  { session, details }: Pick<NeighbourWarning, 'session' | 'details'>,
  actions: readonly SessionAction[],
): SessionAction | null {
  const { ratio, previousClose } = details;
  if (typeof ratio !== 'number' || typeof previousClose !== 'number') return null; // no change: a repeat
  const change = Math.log(ratio);
  const accountsFor = (action: SessionAction): boolean => {
    const expected =
      action.kind === 'split'
        ? Math.log(action.denominator / action.numerator)
        : Math.log(1 - action.amount / previousClose); // NaN where it is more than the price
    return Math.abs(change - expected) <= LEFT_OVER * Math.abs(change);
  };
  return actions.find((action) => action.session === session && accountsFor(action)) ?? null;
}

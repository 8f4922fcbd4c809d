import type { SeriesStates } from '../db/repositories/coverage/coverage-states.js';
import { PENDING_REASONS, UNOBTAINABLE_REASONS } from '../domain/coverage/slot-state.js';

type Reasons = readonly (keyof SeriesStates['reasons'])[];

/** For a run's row: how many bars are missing and why, and when they are next requested; null if none is missing. */
export function gapsInWords(series: readonly SeriesStates[]): string | null {
  const pending = inWords(series, 'pending', 'still pending', PENDING_REASONS);
  const attempts = series.flatMap((one) => (one.nextAttemptAt === null ? [] : [one.nextAttemptAt]));
  const next = pending && attempts.length > 0 ? `next attempt ${new Date(Math.min(...attempts)).toISOString()}` : null;
  const unobtainable = inWords(series, 'unobtainable', 'unobtainable', UNOBTAINABLE_REASONS);
  return [pending, next, unobtainable].filter((part) => part !== null).join('; ') || null;
}

/** Such as "4 still pending (3 null at provider, 1 lost)". */
function inWords(
  series: readonly SeriesStates[],
  state: 'pending' | 'unobtainable',
  label: string,
  reasons: Reasons,
): string | null {
  const sum = (count: (one: SeriesStates) => number) => series.reduce((total, one) => total + count(one), 0);
  const slots = sum((one) => one[state]);
  if (slots === 0) return null;
  const why = reasons
    .map((reason) => ({ reason, count: sum((one) => one.reasons[reason]) }))
    .filter(({ count }) => count > 0)
    .map(({ reason, count }) => `${count} ${reason.replaceAll('_', ' ')}`);
  return `${slots} ${label} (${why.join(', ')})`;
}

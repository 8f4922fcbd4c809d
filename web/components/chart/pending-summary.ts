import type { CoveredSession } from '../../lib/api/types';

type Reason = keyof CoveredSession['reasons'];

/** Why bars are pending, in words; what is unobtainable is not asked for again. */
const REASONS: Partial<Record<Reason, string>> = {
  not_asked: 'not asked for yet',
  null_at_provider: 'the provider has none so far',
  rejected: 'the rows broke a rule',
  lost: 'gone from the store',
};

/** How many bars are pending, why, and when they are asked for again: the first of the times known, epoch ms, wall clock. */
export function pendingSummary(sessions: readonly CoveredSession[]) {
  const found = new Set(sessions.flatMap(({ reasons }) => Object.keys(reasons) as Reason[]));
  const attempts = sessions.flatMap(({ nextAttemptAt }) => (nextAttemptAt === null ? [] : Date.parse(nextAttemptAt)));
  return {
    count: sessions.reduce((sum, { pending }) => sum + pending, 0),
    reasons: [...found].flatMap((reason) => REASONS[reason] ?? []),
    nextAttemptAt: attempts.length > 0 ? Math.min(...attempts) : null,
  };
}

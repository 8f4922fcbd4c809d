import type { CoveredSession } from '../../lib/api/types';

type Reason = keyof CoveredSession['reasons'];

/** Why bars are pending, in words. Reasons of unobtainable bars are left out: they are not retried. */
const REASONS: Partial<Record<Reason, string>> = {
  not_asked: 'not requested yet',
  null_at_provider: 'not sent by the provider yet',
  rejected: 'rejected by a rule',
  lost: 'deleted from the database',
};

/** How many bars are pending, why, and when they are next requested: the earliest known time, wall clock, epoch ms. */
export function pendingSummary(sessions: readonly CoveredSession[]) {
  const found = new Set(sessions.flatMap(({ reasons }) => Object.keys(reasons) as Reason[]));
  const attempts = sessions.flatMap(({ nextAttemptAt }) => (nextAttemptAt === null ? [] : Date.parse(nextAttemptAt)));
  return {
    count: sessions.reduce((sum, { pending }) => sum + pending, 0),
    reasons: [...found].flatMap((reason) => REASONS[reason] ?? []),
    nextAttemptAt: attempts.length > 0 ? Math.min(...attempts) : null,
  };
}

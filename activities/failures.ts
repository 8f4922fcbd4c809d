import { ApplicationFailure } from '@temporalio/common';
import { BackupError } from '../db/backup/errors.js';
import { causesOf, codeOf, isDatabaseUnavailable } from '../db/unavailable.js';
import { BUGS, FAILURES, type FailureType } from '../contracts/failures.js';
import { UnknownCalendarError } from '../domain/calendars/index.js';
import { BadInputError } from '../planning/bad-input.js';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';

/** How each kind of provider error fails an activity. `final` ones are not retried: the same request would fail again. */
const DECISIONS = {
  'rate-limited': { type: 'RateLimited', final: false },
  unavailable: { type: 'ProviderUnavailable', final: false },
  'bad-content': { type: 'BadContent', final: false },
  'schema-drift': { type: 'SchemaDrift', final: true },
  'unknown-symbol': { type: 'UnknownSymbol', final: true },
  'not-obtainable': { type: 'NotObtainable', final: true },
  'plan-limit': { type: 'KeyRefused', final: true },
} satisfies Record<ProviderErrorKind, { type: FailureType; final: boolean }>;

/** Whether an error is about the provider's health rather than about the request. */
export const isOutage = (error: ProviderError): boolean => !DECISIONS[error.kind].final;

/** The failure type of a provider error. */
export const failureTypeOf = (error: ProviderError): FailureType => DECISIONS[error.kind].type;

/** A failure that Temporal retries after `retryAfterMs`, by default as the activity's options say. */
export const retryLater = (type: FailureType, message: string, retryAfterMs?: number): ApplicationFailure =>
  ApplicationFailure.create({ type: FAILURES[type], message, nextRetryDelay: retryAfterMs, nonRetryable: false });

/**
 * Why a message did not get to its receivers, in one failure. It is retried as soon as one of them allows. What is not about a
 * receiver goes first, as it is.
 */
export function undelivered(reasons: readonly unknown[]): unknown {
  const failures = reasons.filter((reason) => reason instanceof ApplicationFailure);
  const other = reasons.find((reason) => !(reason instanceof ApplicationFailure));
  if (other !== undefined) return other;
  const delays = failures.map(({ nextRetryDelay }) => nextRetryDelay as unknown);
  const soonest = delays.every((delay) => typeof delay === 'number') ? Math.min(...delays) : undefined;
  return retryLater('Undelivered', failures.map(({ message }) => message).join('; '), soonest);
}

/** Turns what an activity threw into a failure with a type of contracts/failures.ts; other errors stay as they are. */
export function toFailure(error: unknown): unknown {
  if (error instanceof ProviderError) {
    const { type, final } = DECISIONS[error.kind];
    return ApplicationFailure.create({
      type: FAILURES[type],
      message: error.message,
      nonRetryable: final,
      nextRetryDelay: error.details.retryAfterMs,
    });
  }
  if (error instanceof BadInputError || error instanceof UnknownCalendarError)
    return ApplicationFailure.nonRetryable(error.message, FAILURES.InvalidInput);
  if (error instanceof BackupError) return retryLater('BackupFailed', error.message);
  if (isDatabaseUnavailable(error)) return retryLater('DatabaseUnavailable', `database: ${(error as Error).message}`);
  const bug = causesOf(error).find(isBug);
  if (bug)
    return ApplicationFailure.create({
      type: FAILURES.Bug,
      message: `this is a bug in Barkeep, please report it: ${bug.message}`,
      nonRetryable: true,
      cause: bug,
    });
  return error;
}

/** Errors of JavaScript's own kinds; impossible values, violated constraints and wrong SQL (SQLSTATE 22, 23 and 42). No retry mends them. */
function isBug(error: Error): boolean {
  return BUGS.includes(error.name) || /^(22|23|42)...$/.test(codeOf(error));
}

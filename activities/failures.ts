import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureType } from '../contracts/failures.js';
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
  'plan-limit': { type: 'NotObtainable', final: true },
} satisfies Record<ProviderErrorKind, { type: FailureType; final: boolean }>;

/** Whether an error is about the provider's health rather than about the request. */
export const isOutage = (error: ProviderError): boolean => !DECISIONS[error.kind].final;

/** The failure type of a provider error. */
export const failureTypeOf = (error: ProviderError): FailureType => DECISIONS[error.kind].type;

/** A failure that Temporal retries after `retryAfterMs`, by default as the activity's options say. */
export const retryLater = (type: FailureType, message: string, retryAfterMs?: number): ApplicationFailure =>
  ApplicationFailure.create({ type: FAILURES[type], message, nextRetryDelay: retryAfterMs, nonRetryable: false });

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
  if (error instanceof BadInputError) return ApplicationFailure.nonRetryable(error.message, FAILURES.InvalidInput);
  if (error instanceof Error && isDatabaseError(error))
    return retryLater('DatabaseUnavailable', `database: ${error.message}`);
  return error;
}

/** SQLSTATE classes of a server that is unreachable, full or shutting down; and a connection that broke. */
export function isDatabaseError(error: Error & { code?: unknown }): boolean {
  if (typeof error.code === 'string' && /^(08|53|57P)/.test(error.code)) return true;
  if (typeof error.code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT)/.test(error.code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  );
}

import { ApplicationFailure } from '@temporalio/common';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';
import { FAILURES, type FailureType } from '../contracts/failures.js';

/** How each kind of provider error fails an activity. `final` ones are not retried: the same question gets the same answer. */
const DECISIONS = {
  'rate-limited': { type: 'RateLimited', final: false },
  unavailable: { type: 'ProviderUnavailable', final: false },
  'bad-content': { type: 'BadContent', final: false },
  'schema-drift': { type: 'SchemaDrift', final: true },
  'unknown-symbol': { type: 'UnknownSymbol', final: true },
  'not-obtainable': { type: 'NotObtainable', final: true },
  'plan-limit': { type: 'NotObtainable', final: true },
} satisfies Record<ProviderErrorKind, { type: FailureType; final: boolean }>;

/** Whether a provider error says something of the provider's health, rather than of what was asked. */
export const isOutage = (error: ProviderError): boolean => !DECISIONS[error.kind].final;

/** What a provider error is called in a run. */
export const failureTypeOf = (error: ProviderError): FailureType => DECISIONS[error.kind].type;

/** A failure that Temporal retries after `retryAfterMs`, or by the activity's own policy. */
export const retryLater = (type: FailureType, message: string, retryAfterMs?: number): ApplicationFailure =>
  ApplicationFailure.create({ type: FAILURES[type], message, nextRetryDelay: retryAfterMs, nonRetryable: false });

/** Turns whatever an activity threw into a failure with a type of contracts/failures.ts. */
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
  if (error instanceof Error && isDatabaseError(error))
    return retryLater('DatabaseUnavailable', `database: ${error.message}`);
  return error;
}

/** SQLSTATE classes of a server that is away, full or shutting down; and a connection that broke. */
function isDatabaseError(error: Error & { code?: unknown }): boolean {
  if (typeof error.code === 'string' && /^(08|53|57P)/.test(error.code)) return true;
  if (typeof error.code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT)/.test(error.code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  );
}

import { describe, expect, it } from '@jest/globals';
import { type ApplicationFailure } from '@temporalio/common';
import { BadInputError } from '../planning/bad-input.js';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';
import { isOutage, toFailure } from './failures.js';

const failureOf = (kind: ProviderErrorKind) =>
  toFailure(new ProviderError(kind, 'what it said', { retryAfterMs: 7_000 })) as ApplicationFailure;

describe('what an activity throws', () => {
  it.each([
    ['rate-limited', 'RateLimited', false],
    ['unavailable', 'ProviderUnavailable', false],
    ['bad-content', 'BadContent', false],
    ['schema-drift', 'SchemaDrift', true],
    ['unknown-symbol', 'UnknownSymbol', true],
    ['not-obtainable', 'NotObtainable', true],
    ['plan-limit', 'NotObtainable', true],
  ] as const)('of kind %s becomes %s; final: %s', (kind, type, final) => {
    expect(failureOf(kind)).toMatchObject({ type, nonRetryable: final, message: 'what it said' });
    expect(isOutage(new ProviderError(kind, ''))).toBe(!final);
  });

  it('is retried when the provider says so', () => {
    expect(failureOf('rate-limited').nextRetryDelay).toBe(7_000);
  });

  it('becomes DatabaseUnavailable when the database is unreachable, in whatever way that shows', () => {
    const away = [
      Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      new Error('Connection terminated unexpectedly'),
    ];
    for (const error of away)
      expect(toFailure(error)).toMatchObject({ type: 'DatabaseUnavailable', nonRetryable: false });
  });

  it('is final if the input is bad', () => {
    const failure = toFailure(new BadInputError('no active asset XYZ'));
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true, message: 'no active asset XYZ' });
  });

  it('stays as it is if it is a bug', () => {
    const bug = new TypeError('undefined is not a function');
    expect(toFailure(bug)).toBe(bug);
    const constraint = Object.assign(new Error('violates check constraint'), { code: '23514' });
    expect(toFailure(constraint)).toBe(constraint);
  });
});

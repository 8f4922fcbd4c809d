import { describe, expect, it } from 'vitest';
import { type ApplicationFailure } from '@temporalio/common';
import { BadInputError } from '../planning/bad-input.js';
import { ProviderError, type ProviderErrorKind } from '../providers/provider.js';
import { isOutage, retryLater, toFailure, undelivered } from './failures.js';

const failureOf = (kind: ProviderErrorKind) =>
  toFailure(new ProviderError(kind, 'what it said', { retryAfterMs: 7_000 })) as ApplicationFailure;

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('what an activity throws', () => {
  it.each([
    ['rate-limited', 'RateLimited', false],
    ['unavailable', 'ProviderUnavailable', false],
    ['bad-content', 'BadContent', false],
    ['schema-drift', 'SchemaDrift', true],
    ['unknown-symbol', 'UnknownSymbol', true],
    ['not-obtainable', 'NotObtainable', true],
    ['plan-limit', 'KeyRefused', true],
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
      coded('25006', 'cannot execute INSERT in a read-only transaction'),
      coded('40P01', 'deadlock detected'),
      coded('53100', 'could not extend file: No space left on device'),
      new Error('Failed query: select 1', { cause: coded('57P03', 'the database system is starting up') }),
    ];
    for (const error of away)
      expect(toFailure(error)).toMatchObject({ type: 'DatabaseUnavailable', nonRetryable: false });
  });

  it('is final if the input is bad', () => {
    const failure = toFailure(new BadInputError('no active asset XYZ'));
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true, message: 'no active asset XYZ' });
  });

  it.each([
    ['an error of JavaScript', new TypeError('undefined is not a function')],
    ['a value that no column holds', coded('22P02', 'malformed array literal')],
    ['a violated constraint', coded('23514', 'violates check constraint')],
    ['wrong SQL, wrapped by the query builder', new Error('Failed query', { cause: coded('42703', 'no such column') })],
  ])('is final and says so if it is a bug: %s', (_what, bug) => {
    expect(toFailure(bug)).toMatchObject({
      type: 'Bug',
      nonRetryable: true,
      message: expect.stringContaining('this is a bug in Barkeep'),
    });
  });

  it('stays as it is, and is retried, if its kind is unknown', () => {
    for (const error of [new Error('?'), coded('0A000', 'cached plan')]) expect(toFailure(error)).toBe(error);
  });
});

describe('a message that some receivers did not take', () => {
  const busy = retryLater('Undelivered', 'the webhook is busy', 600_000);

  it('says why for each of them', () => {
    const failure = undelivered([busy, retryLater('Undelivered', 'the mail server answered with 451')]);
    expect(failure).toMatchObject({
      ...{ type: 'Undelivered', nonRetryable: false },
      message: 'the webhook is busy; the mail server answered with 451',
    });
  });

  it('is not put off for all of them by one that asks for it', () => {
    expect(undelivered([busy])).toMatchObject({ nextRetryDelay: 600_000 });
    expect(undelivered([busy, retryLater('Undelivered', 'soon', 5_000)])).toMatchObject({ nextRetryDelay: 5_000 });
    expect(undelivered([busy, retryLater('Undelivered', 'as ever')])).toMatchObject({ nextRetryDelay: undefined });
  });

  it('is told as what it is if it is not about them', () => {
    const lost = coded('ECONNREFUSED', 'the database');
    expect(undelivered([busy, lost])).toBe(lost);
  });
});

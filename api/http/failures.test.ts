import { describe, expect, it } from '@jest/globals';
import { toProblem } from './failures.js';
import { Problem } from './problem.js';

const coded = (code: string, message = 'secret detail') => Object.assign(new Error(message), { code });

describe('toProblem', () => {
  it('leaves a problem as it is', () => {
    const problem = new Problem(404, 'no');
    expect(toProblem(problem)).toBe(problem);
  });

  it.each([
    ['a refused connection', coded('ECONNREFUSED')],
    ['a server that shuts down', coded('57P01')],
    ['too many connections', coded('53300')],
    ['a database that is not there', coded('3D000')],
    ['a pool that waits in vain', new Error('timeout exceeded when trying to connect')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['one of these wrapped by the query builder', new Error('Failed query: select', { cause: coded('ECONNRESET') })],
    ['several refused addresses', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
  ])('tells 503 with Retry-After for %s', (_what, error) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(problem.detail).not.toContain('secret');
  });

  it('tells 400 where a text cannot be held by the database', () => {
    expect(toProblem(new Error('Failed query', { cause: coded('22021') }))).toMatchObject({ status: 400 });
  });

  it("keeps the status of a framework's error about the request", () => {
    expect(toProblem(Object.assign(new Error('Body is not valid JSON'), { statusCode: 400 }))).toMatchObject({
      status: 400,
      detail: 'Body is not valid JSON',
    });
  });

  it('says nothing of what it does not know', () => {
    for (const error of [
      coded('42703', 'column "password" does not exist'),
      new TypeError('x is undefined'),
      'a string',
    ]) {
      const { status, detail } = toProblem(error);
      expect(status).toBe(500);
      expect(detail).not.toMatch(/password|undefined|string/);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { toProblem } from './failures.js';
import { Problem } from './problem.js';

const coded = (code: string, message = 'secret detail') => Object.assign(new Error(message), { code });

describe('toProblem', () => {
  it('returns a problem unchanged', () => {
    const problem = new Problem(404, 'no');
    expect(toProblem(problem)).toBe(problem);
  });

  it.each([
    ['a refused connection', coded('ECONNREFUSED')],
    ['a server that is shutting down', coded('57P01')],
    ['too many connections', coded('53300')],
    ['a database that does not exist', coded('3D000')],
    ['a pool that gets no connection in time', new Error('timeout exceeded when trying to connect')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['one of these, wrapped by the query builder', new Error('Failed query: select', { cause: coded('ECONNRESET') })],
    ['several refused addresses', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
  ])('is a 503 with Retry-After for %s', (_what, error) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
    expect(problem.detail).not.toContain('secret');
  });

  it.each([
    ['55P03', 'The database is currently unavailable: another transaction has held a lock for too long. See /readyz.'],
    ['57014', 'The database is currently unavailable: the query took too long. See /readyz.'],
    ['40P01', 'The database is currently unavailable: another transaction changed the same rows. See /readyz.'],
    ['ECONNREFUSED', 'The database is currently unavailable: nothing listens at its address. See /readyz.'],
    ['08006', 'The database is currently unavailable. See /readyz.'],
  ])('says the cause of %s, which /readyz may not see', (code, detail) => {
    expect(toProblem(new Error('Failed query', { cause: coded(code) }))).toMatchObject({ status: 503, detail });
  });

  it('is a 400 for a text that the database cannot store', () => {
    expect(toProblem(new Error('Failed query', { cause: coded('22021') }))).toMatchObject({ status: 400 });
  });

  it('keeps the status of a framework error about the request', () => {
    expect(toProblem(Object.assign(new Error('Body is not valid JSON'), { statusCode: 400 }))).toMatchObject({
      status: 400,
      detail: 'Body is not valid JSON',
    });
  });

  it('is a 400 for an upload that the client aborts, which has the code of a lost connection', () => {
    // as Fastify passes on the error of a body that ends early
    const aborted = Object.assign(coded('ECONNRESET', 'aborted'), { statusCode: 400 });
    expect(toProblem(aborted)).toMatchObject({
      status: 400,
      detail: 'The request ended before its body was complete.',
    });
  });

  it('reveals nothing about an unknown error', () => {
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

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CryptoSeriesQuery, StockSeriesQuery } from '../series/series-query.schema.js';
import { Problem } from './problem.js';
import { bodyOf, queryOf } from './validate.js';

const metadata = { type: 'query' } as const;
const read = (query: Record<string, unknown>) => queryOf(StockSeriesQuery).transform(query, metadata) as unknown;

function problemOf(query: Record<string, unknown>, schema = StockSeriesQuery): Problem {
  try {
    queryOf(schema).transform(query, metadata);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('the query of a series', () => {
  it('has no defaults: they depend on the format', () => {
    expect(read({})).toEqual({});
  });

  it('parses its values', () => {
    expect(read({ start: '2026-11-20', limit: '390', sort: 'desc' })).toEqual({
      start: Date.UTC(2026, 10, 20),
      limit: 390,
      sort: 'desc',
    });
  });

  it('names all invalid parameters at once', () => {
    const { status, errors } = problemOf({ start: 'yesterday', limit: '10001', sort: 'up' });
    expect(status).toBe(400);
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['start', 'limit', 'sort']);
  });

  it.each(['0', '-1', '1.5', '1e3', 'many', ''])('rejects limit=%s', (limit) => {
    expect(problemOf({ limit }).errors).toEqual([
      { parameter: 'limit', in: 'query', detail: 'must be a whole number from 1 to 10000' },
    ]);
  });

  it('names an unknown parameter and the existing ones', () => {
    expect(problemOf({ symbols: 'SPY' }).errors).toEqual([
      {
        parameter: 'symbols',
        in: 'query',
        detail: 'unknown parameter; allowed: start, end, range, timeframe, limit, sort, asOf, source, cursor, format',
      },
    ]);
  });

  it('rejects a parameter that is given twice', () => {
    expect(problemOf({ limit: ['1', '2'] }).errors?.[0]?.detail).toBe('given more than once');
  });

  it('names the timeframes that the class of the asset is served in', () => {
    expect(problemOf({ timeframe: '1Min' }).detail).toMatch('; did you mean 1m?');
    expect(problemOf({ interval: '1d' }).detail).toMatch('; did you mean timeframe?');
    expect(problemOf({ timeframe: '2m' }).detail).toBe(
      'timeframe: must be one of 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w, 1mo',
    );
    expect(problemOf({ timeframe: '2m' }, CryptoSeriesQuery as never).detail).toBe(
      'timeframe: must be one of 1m, 5m, 15m, 30m, 1h, 4h, 1d, 4d, 1w, 1mo',
    );
  });
});

describe('a JSON body', () => {
  const schema = z.strictObject({ reason: z.string(), symbols: z.array(z.string()).optional() });
  const errorsOf = (body: unknown) => {
    try {
      bodyOf(schema).transform(body, { type: 'body' });
    } catch (error) {
      if (error instanceof Problem) return [error.status, error.errors];
    }
    throw new Error('nothing was wrong');
  };

  it('is parsed', () => {
    expect(bodyOf(schema).transform({ reason: 'x', symbols: ['SPY'] }, { type: 'body' })).toEqual({
      reason: 'x',
      symbols: ['SPY'],
    });
  });

  it('is rejected with all invalid members named', () => {
    expect(errorsOf({ symbols: ['SPY', 1], why: 1 })).toMatchObject([
      400,
      [
        { parameter: 'reason', in: 'body' },
        { parameter: 'symbols.1', in: 'body' },
        { parameter: 'why', in: 'body', detail: 'unknown member; allowed: reason, symbols' },
      ],
    ]);
  });

  it.each([undefined, null, [], 'x', 1])('is rejected if it is %j', (body) => {
    expect(errorsOf(body)).toEqual([
      400,
      [{ parameter: 'body', in: 'body', detail: 'must be a JSON object; members: reason, symbols' }],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { CryptoSeriesQuery, StockSeriesQuery } from '../series/query.js';
import { Problem } from './problem.js';
import { queryOf } from './query.js';

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
  it('has a limit of 1000 when nothing is asked', () => {
    expect(read({})).toEqual({ limit: 1000 });
  });

  it('turns text into values', () => {
    expect(read({ start: '2026-11-20', limit: '390', sort: 'desc' })).toEqual({
      start: Date.UTC(2026, 10, 20),
      limit: 390,
      sort: 'desc',
    });
  });

  it('names every bad parameter at once', () => {
    const { status, errors } = problemOf({ start: 'yesterday', limit: '10001', sort: 'up' });
    expect(status).toBe(400);
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['start', 'limit', 'sort']);
  });

  it.each(['0', '-1', '1.5', '1e3', 'many', ''])('refuses limit=%s', (limit) => {
    expect(problemOf({ limit }).errors).toEqual([
      { parameter: 'limit', in: 'query', detail: 'must be a whole number from 1 to 10000' },
    ]);
  });

  it('names an unknown parameter and those that there are', () => {
    expect(problemOf({ symbols: 'SPY' }).errors).toEqual([
      {
        parameter: 'symbols',
        in: 'query',
        detail: 'unknown parameter; allowed: start, end, range, timeframe, limit, sort, cursor, format',
      },
    ]);
  });

  it('says so when a parameter is given twice', () => {
    expect(problemOf({ limit: ['1', '2'] }).errors?.[0]?.detail).toBe('given more than once');
  });

  it('names the timeframes that exist for the class of the asset', () => {
    expect(problemOf({ timeframe: '5m' }).detail).toBe('timeframe: must be one of 1m, 1d');
    expect(problemOf({ timeframe: '1d' }, CryptoSeriesQuery as never).detail).toBe(
      'timeframe: must be one of 30m, 4h, 4d',
    );
  });
});

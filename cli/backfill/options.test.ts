import { describe, expect, it } from 'vitest';
import type { BackfillProgress } from '../../contracts/queries.js';
import { BadFieldsError } from '../../planning/bad-input.js';
import { asUserError, backfillOptions } from './options.js';
import { progressText } from './progress.js';

describe('the options of npm run backfill', () => {
  it('become a request', () => {
    const argv =
      '--assets spy,BTC --timeframe 1m,1d --from 2026-11-01 --to 2026-11-20T14:30:00Z --reprocess failed --order oldest ' +
      '--concurrency 8 --wait-for-approval';
    expect(backfillOptions(argv.split(' '))).toEqual({
      request: {
        ...{ symbols: ['SPY', 'BTC'], timeframes: ['1m', '1d'], from: '2026-11-01', to: '2026-11-20T14:30:00Z' },
        ...{ reprocess: 'failed', order: 'oldest', concurrency: 8, waitForApproval: true },
      },
    });
  });

  it('are all optional', () => {
    expect(backfillOptions([])).toEqual({ request: {} });
    expect(backfillOptions(['--refetch'])).toEqual({ request: { refetch: true } });
  });

  it('cancel a backfill, and then start none', () => {
    expect(backfillOptions(['--cancel', 'backfill-1'])).toEqual({ cancel: 'backfill-1' });
  });

  it.each([
    ['--from 2026-02-30', /--from: must be an RFC 3339 time/],
    ['--to tomorrow --concurrency 65', /--to: must be[^]*--concurrency: must be a whole number from 1 to 64/],
    ['--timeframe 5m', /--timeframe, no. 1: must be one of 1m, 30m/],
    ['--reprocess stored', /--reprocess: must be one of missing, failed, all/],
    ['--assets SPY,,BTC', /Write a list as/],
    ['--cancel backfill-1 --assets SPY', /--cancel takes only/],
    ['--cancel backfill-1 --refetch', /--cancel takes only/],
    ['--asset SPY', /Unknown option --asset\. Did you mean --assets\?/],
  ])('refuses %s with exit code 2', (line, message) => {
    const attempt = () => backfillOptions(line.split(' '));
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('are named by what cannot be carried out', () => {
    const error = new BadFieldsError([{ field: 'symbols', detail: 'no asset NOPE' }]);
    expect(asUserError(error)).toMatchObject({ message: expect.stringContaining('--assets: no asset NOPE') });
    const other = new Error('the database is away');
    expect(asUserError(other)).toBe(other);
  });
});

describe('the progress of a backfill', () => {
  const planning: BackfillProgress = {
    ...{ state: 'planning', requestsTotal: 0, requestsDone: 0, requestsFailed: 0, isEstimate: false, rowsInserted: 0 },
    ...{ assetsPlanned: 0, assetsTotal: 0, page: 0, concurrency: 64, waitsUntil: null, count: null },
  };
  const requesting: BackfillProgress = { ...planning, state: 'requesting', requestsTotal: 40, requestsDone: 12 };

  it.each<[Partial<BackfillProgress>, string]>([
    [planning, 'planning'],
    [
      { ...requesting, requestsFailed: 1, rowsInserted: 18_321 },
      '12 of 40 requests (30 %), 18,321 bars stored, 1 failed',
    ],
    [
      { ...requesting, waitsFor: { provider: 'coingecko', requests: 9, secondsPerRequest: 3 } },
      '12 of 40 requests (30 %), 0 bars stored; waits for CoinGecko: one request every 3 s',
    ],
    [{ ...requesting, isEstimate: true }, '12 of about 40 requests (30 %), 0 bars stored'],
    [
      { ...requesting, state: 'pausing', requestsDone: 40, waitsUntil: '2026-11-27T14:05:09' },
      '40 of 40 requests (100 %), 0 bars stored; requests missing bars again at 14:05:09',
    ],
    [
      {
        ...{ ...planning, state: 'waiting_for_approval' },
        count: {
          requests: 6_000,
          expectedBars: 9e6,
          estimatedSeconds: 1_500,
          assets: 1_000,
          waiting: 0,
          byProvider: [],
        },
      },
      'waiting for approval: 6,000 requests for 1,000 assets, up to 9,000,000 bars, about 25 min',
    ],
  ])('%j', (progress, text) => expect(progressText(progress as BackfillProgress)).toBe(text));
});

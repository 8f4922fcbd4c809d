import { describe, expect, it } from 'vitest';
import type { Asset, Latest, Pipeline } from './api/types';
import { assetState, outagesOf, priceOf } from './asset-view';

const LATEST: Latest = {
  symbol: 'SPY',
  assetClass: 'stock',
  currency: 'USD',
  exchange: 'XNYS',
  timezone: 'America/New_York',
  timeframe: '1m',
  bar: { time: '2026-11-24T15:31:00Z', session: '2026-11-24', open: 1, high: 1, low: 1, close: 612, volume: 1 },
  quote: { price: 613, time: '2026-11-24T15:32:11Z', delayedBy: 0 },
  previousClose: 600,
  change: 12,
  changePercent: 2,
};

describe('the price shown', () => {
  it('is the quote once it is newer than the last bar', () => {
    const price = priceOf(LATEST)!;
    expect([price.value, price.change, price.at]).toEqual([613, 13, Date.parse('2026-11-24T15:32:11Z')]);
    expect(price.percent).toBeCloseTo(2.1667, 4);
  });

  it('is the close of the last bar if the quote is older or missing', () => {
    const close = { value: 612, change: 12, percent: 2, at: Date.parse('2026-11-24T15:32:00Z') };
    expect(priceOf({ ...LATEST, quote: null })).toEqual(close);
    expect(priceOf({ ...LATEST, quote: { ...LATEST.quote!, time: '2026-11-24T15:31:59Z' } })).toEqual(close);
  });

  it('does not compare a quote of the next session with the previous close of the last one', () => {
    const quote = { price: 620, time: '2026-11-25T14:30:20Z', delayedBy: 0 };
    expect(priceOf({ ...LATEST, quote })).toMatchObject({ value: 612, change: 12 });
  });

  it('has no change if the previous session is not stored, and is null before the first bar', () => {
    const unknown = { previousClose: null, change: null, changePercent: null };
    expect(priceOf({ ...LATEST, ...unknown })).toMatchObject({ value: 613, change: null, percent: null });
    expect(priceOf({ ...LATEST, ...unknown, bar: null, quote: null })).toBeNull();
  });
});

describe('the state of an asset', () => {
  const timeframes = [{ timeframe: '1m', delaySeconds: 0, sourceOutage: null }];
  const asset = { symbol: 'SPY', status: 'active', timeframes, sourceOutage: null } as unknown as Asset;
  const pipelineWith = (state: string, lastRun: object | null = null, everySeconds = 60) =>
    [
      { freshness: [{ symbol: 'SPY', timeframe: '1d', state: 'closed', lagSeconds: 0 }], lastRun: null },
      { freshness: [{ symbol: 'SPY', timeframe: '1m', state, lagSeconds: 120 }], lastRun, schedule: { everySeconds } },
    ] as Pipeline[];

  it('says why its first source is not requested, whatever the state', () => {
    const sourceOutage = 'Yahoo Finance blocks requests until 2026-11-25 15:40 UTC; SPY has no other source';
    for (const state of ['stale', 'fresh', 'closed'])
      expect(
        assetState({ ...asset, timeframes: [{ ...asset.timeframes[0]!, sourceOutage }] }, pipelineWith(state)).reason,
      ).toBe(sourceOutage);
    expect(assetState({ ...asset, sourceOutage }, []).reason).toBe(sourceOutage);
  });

  it('says so of the timeframes that are concerned', () => {
    const of = (timeframe: string, sourceOutage: string | null) => ({ timeframe, sourceOutage });
    const told = (...those: object[]) => outagesOf({ timeframes: those } as Asset);
    expect(told(of('1m', 'Coinbase is paused'), of('30m', null))).toEqual(['1m: Coinbase is paused']);
    expect(told(of('1m', 'A'), of('30m', 'B'), of('4h', 'B'))).toEqual(['1m: A', '30m, 4h: B']);
    expect(told(of('1m', 'A'), of('1d', 'A'))).toEqual(['A']);
    expect(told(of('1m', null))).toEqual([]);
  });

  it.each([
    ['fresh', null, 'live'],
    ['closed', null, 'closed'],
    ['empty', null, 'waiting'],
    ['stale', { status: 'succeeded', assetsFailed: 0 }, 'stale'],
    ['stale', { status: 'partial', assetsFailed: 1 }, 'failing'],
    ['empty', { status: 'failed', assetsFailed: 1 }, 'failing'],
    ['fresh', { status: 'partial', assetsFailed: 1 }, 'live'],
  ])('is derived from a %s live series and the last run %j: %s', (freshness, lastRun, state) => {
    expect(assetState(asset, pipelineWith(freshness, lastRun))).toMatchObject({ state, lagMs: 120_000 });
  });

  it('includes the error of the failed run while it is failing', () => {
    const lastRun = { status: 'failed', assetsFailed: 1, errorMessage: 'no response' };
    expect(assetState(asset, pipelineWith('empty', lastRun)).reason).toBe('no response');
    expect(assetState(asset, pipelineWith('fresh', lastRun)).reason).toBeNull();
  });

  it('is delayed if the feed of its exchange is', () => {
    const delayed = { ...asset, timeframes: [{ ...timeframes[0], delaySeconds: 900 }] } as Asset;
    expect(assetState(delayed, pipelineWith('fresh')).state).toBe('delayed');
  });

  it('is updated, not live, if its prices are minutes apart', () => {
    expect(assetState(asset, pipelineWith('fresh', null, 1_200))).toMatchObject({
      state: 'updated',
      everyMs: 1_200_000,
    });
    expect(assetState(asset, pipelineWith('stale', null, 1_200)).state).toBe('stale');
  });

  it('is paused or retired, with the reason, whatever its bars are like', () => {
    const paused = { ...asset, status: 'paused', inactiveBecause: 'no longer listed' } as const;
    expect(assetState(paused, pipelineWith('stale'))).toMatchObject({ state: 'paused', reason: 'no longer listed' });
    expect(assetState({ ...asset, status: 'retired' }, []).state).toBe('retired');
  });

  it('is waiting until a pipeline reports on it', () => {
    expect(assetState(asset, [])).toEqual({ state: 'waiting', lagMs: null, everyMs: null, reason: null });
  });
});

import { describe, expect, it } from 'vitest';
import type { Asset, Pipeline, Run } from './api/types';
import { symbolsOf, viewPipeline, viewPipelines } from './pipeline-view';

const pipeline = (paused: boolean | null, status: Run['status'] | null = 'succeeded', note: string | null = null) =>
  ({ paused, note, lastRun: status && { status } }) as Pipeline;
const temporal = { reachable: true, note: null, uiUrl: 'http://127.0.0.1:8233' };

describe('a pipeline', () => {
  it.each([
    [pipeline(false), 'active'],
    [pipeline(false, 'skipped'), 'active'],
    [pipeline(false, null), 'active'],
    [pipeline(false, 'partial'), 'partly failing'],
    [pipeline(false, 'failed'), 'failing'],
    [pipeline(false, 'timed_out'), 'failing'],
    [pipeline(true, 'failed'), 'paused'],
    [{ ...pipeline(true), off: 'no key' }, 'off'],
    [pipeline(null, 'succeeded', 'Temporal is unreachable.'), 'unknown'],
  ])('%j is %s', (given, label) => {
    expect(viewPipeline(given).label).toBe(label);
  });
});

describe('the symbols of a pipeline', () => {
  const asset = (symbol: string, provider: string, status = 'active', ofSource = status) =>
    ({
      symbol,
      status,
      sources: [
        { provider: 'yahoo', status: 'active' },
        { provider, status: ofSource },
      ],
    }) as Asset;
  const assets = [
    asset('SPY', 'alpaca'),
    asset('SIE.DE', 'coinbase'),
    asset('OLD', 'alpaca', 'retired'),
    asset('MSFT', 'alpaca', 'active', 'paused'),
  ];

  const ofAlpaca = (freshness: string[], off: string | null = null) =>
    ({ off, provider: 'alpaca', freshness: freshness.map((symbol) => ({ symbol })) }) as Pipeline;

  it('are those that it is fresh for and those that it stands by for, each once', () => {
    expect(symbolsOf(ofAlpaca(['BTC', 'ETH', 'BTC']), assets)).toEqual(['BTC', 'ETH', 'SPY']);
    expect(symbolsOf(ofAlpaca(['SPY']), assets)).toEqual(['SPY']);
    expect(symbolsOf(ofAlpaca([]), assets)).toEqual(['SPY']);
  });

  it('are none while it is off', () => {
    expect(symbolsOf(ofAlpaca(['SPY'], 'no key'), assets)).toEqual([]);
  });
});

describe('all pipelines', () => {
  it('are active only if each one is', () => {
    expect(viewPipelines({ temporal, pipelines: [pipeline(false), pipeline(false)] })).toEqual({
      mark: 'good',
      label: 'All 2 active',
    });
  });

  it('leave out those whose provider is off', () => {
    const pipelines = [pipeline(false), { ...pipeline(true), off: 'no key' }];
    expect(viewPipelines({ temporal, pipelines }).label).toBe('All 1 active');
  });

  it('show the worst state and how many share it', () => {
    const pipelines = [pipeline(false, 'partial'), pipeline(true), pipeline(null, null, 'gone'), pipeline(false)];
    expect(viewPipelines({ temporal, pipelines }).label).toBe('1 of 4 partly failing');
    expect(viewPipelines({ temporal, pipelines: [...pipelines, pipeline(false, 'failed')] }).mark).toBe('bad');
  });

  it('are unknown without Temporal', () => {
    const view = viewPipelines({ temporal: { ...temporal, reachable: false }, pipelines: [pipeline(null)] });
    expect(view).toEqual({ mark: 'warn', label: 'Temporal unreachable' });
  });
});

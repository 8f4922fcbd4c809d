import { describe, expect, it } from 'vitest';
import { unknownIn, withoutUnknown } from '../../lib/address';
import { readChartState, toggled, vocabularyOf, writeChartState, type ChartState } from './state';

const LATEST = Date.parse('2026-11-30T10:00Z');
const SPY = { symbol: 'SPY', sources: [{ provider: 'yahoo' }, { provider: 'alpaca' }] } as Parameters<
  typeof readChartState
>[1];
const read = (query: string) => readChartState(new URLSearchParams(query), SPY, LATEST);

describe('the state of a chart', () => {
  it('has defaults for missing and unknown parameters', () => {
    const usual = {
      type: 'candles',
      scale: 'linear',
      studies: ['sma20', 'sma50'],
      compare: [],
      timeframe: null,
      source: null,
      view: 'chart',
      asOf: null,
    };
    expect(read('')).toEqual(usual);
    expect(read('type=pie&scale=cubic&view=3d&compare=&source=moon&asOf=2026-11-30T10:01Z')).toEqual(usual);
  });

  it('compares with at most four other assets, each once', () => {
    expect(read('compare=msft,SPY,MSFT,nvda,BTC,ETH,SOL').compare).toEqual(['MSFT', 'NVDA', 'BTC', 'ETH']);
  });

  it.each<Partial<ChartState>>([
    { type: 'area', scale: 'log', view: 'table' },
    { studies: [] },
    { studies: ['rsi', 'vwap'], compare: ['BTC'] },
    { timeframe: '1h' },
    { source: 'alpaca' },
    { asOf: '2026-11-28T22:39:00.000Z' },
  ])('survives the round trip through the URL: %j', (change) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(writeChartState(change))) if (value !== null) query.set(name, value);
    expect(read(query.toString())).toEqual({ ...read(''), ...change });
  });

  it('leaves defaults out of the URL', () => {
    const usual = writeChartState({
      type: 'candles',
      scale: 'linear',
      studies: ['sma50', 'sma20'],
      compare: [],
      timeframe: null,
      view: 'chart',
    });
    expect(Object.values(usual)).toEqual([null, null, null, null, null, null]);
  });
});

describe('what the URL names and the chart does not have', () => {
  const known = {
    ...{ symbols: ['SPY', 'BTC'], studies: ['sma20', 'vwap'], timeframes: ['1m', '1d'], sources: ['yahoo'] },
    latest: LATEST,
  };
  const unknown = (query: string) => Object.fromEntries(unknownIn(new URLSearchParams(query), vocabularyOf(known)));

  it('is listed by its parameter', () => {
    expect(
      unknown('compare=ZZZ,btc&studies=sma20,foo&timeframe=2d&range=3w&type=bars&scale=x&view=y&asOf=noon&source=moon'),
    ).toEqual({
      ...{ compare: ['ZZZ'], studies: ['foo'], timeframe: ['2d'] },
      ...{ range: ['3w'], type: ['bars'], scale: ['x'], view: ['y'], asOf: ['noon'], source: ['moon'] },
    });
  });

  it('is nothing for what it has, in the names of the page or of the API', () => {
    expect(
      unknown('compare=BTC&studies=none&timeframe=1d&range=1mo&type=area&scale=log&view=table&source=yahoo'),
    ).toEqual({});
    expect(unknown('range=5y&studies=vwap&asOf=2026-11-30')).toEqual({});
    for (const asOf of ['2099-01-01', '-000001-01-01']) expect(unknown(`asOf=${asOf}`)).toEqual({ asOf: [asOf] });
    expect(unknown('')).toEqual({});
  });

  it('can be removed, and the rest stays', () => {
    const query = new URLSearchParams('compare=ZZZ,BTC&range=3w');
    expect(withoutUnknown(query, unknownIn(query, vocabularyOf(known)))).toEqual({ compare: 'BTC', range: null });
  });
});

it('toggled adds or removes an item', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});

import { describe, expect, it } from 'vitest';
import type { SingleRequest } from '../contracts/activities.js';
import { NO_COUNTS } from '../domain/run.js';
import type { StoredTimeframe } from '../domain/timeframe.js';
import { summaryOf } from './summaries.js';

const RUN = { workflowId: 'w', runId: 'r' };
const request = (symbol: string, timeframe: StoredTimeframe, from: string, to: string): SingleRequest => ({
  ...{ kind: 'bars', provider: 'yahoo', assetId: 1, symbol, providerSymbol: symbol, timeframe },
  window: { from: Date.parse(from), to: Date.parse(to) },
});
const ofRequest = (one: SingleRequest) => summaryOf('extract', [{ run: RUN, lane: 'live', request: one }]);

describe('the summary of an extract', () => {
  it.each([
    ['NVDA', '1m', '2026-11-27T14:30Z', '2026-11-27T20:00Z', 'NVDA 1m 27 Nov 14:30–20:00'],
    ['BTC', '30m', '2026-11-26T23:30Z', '2026-11-28T00:00Z', 'BTC 30m 26 Nov 23:30 – 28 Nov 00:00'],
    ['BTC', '4h', '2025-12-31T20:00Z', '2026-01-01T04:00Z', 'BTC 4h 31 Dec 2025 20:00 – 1 Jan 2026 04:00'],
    ['SPY', '1d', '2015-01-01T00:00Z', '2026-01-01T00:00Z', 'SPY 1d 1 Jan 2015 – 31 Dec 2025'],
    ['SPY', '1d', '2026-11-27T00:00Z', '2026-11-28T00:00Z', 'SPY 1d 27 Nov 2026'],
  ] as const)('of %s %s names asset, timeframe and window', (symbol, timeframe, from, to, summary) => {
    expect(ofRequest(request(symbol, timeframe, from, to))).toBe(summary);
  });

  it('of quotes counts them', () => {
    const quotes: SingleRequest = { kind: 'quotes', provider: 'coingecko', providerSymbols: ['bitcoin', 'ethereum'] };
    expect(ofRequest(quotes)).toBe('2 quotes: bitcoin, ethereum');
  });
});

describe('the summary of another activity', () => {
  it('counts what it works on', () => {
    expect(summaryOf('transform', [{ run: RUN, payloadIds: Array.from({ length: 25 }, (_, i) => i) }])).toBe(
      '25 payloads',
    );
    expect(summaryOf('transform', [{ run: RUN, payloadIds: [1], replay: true }])).toBe('1 payload, once more');
    expect(summaryOf('load', [{ run: RUN, batchIds: [1] }])).toBe('1 batch');
  });

  it('names the scope of a plan, and the page', () => {
    const page = { limit: 200, offset: 0, after: 34 };
    const years = { from: '2015-01-01', to: '2026-01-01' };
    expect(summaryOf('planBackfill', [{ ...page, ...years, symbols: ['SPY'], timeframes: ['1d'] }])).toBe(
      'SPY 1d, from 2015-01-01, to 2026-01-01, after asset 34',
    );
    expect(summaryOf('planHeal', [{ limit: 200, after: 0, impatient: false }])).toBe('all assets');
  });

  it('says how a run ended', () => {
    const counts = { ...NO_COUNTS, assetsOk: 6, assetsFailed: 1, rowsInserted: 360 };
    const closing = { ...RUN, ...counts, status: 'partial' as const, errorType: null, errorMessage: null };
    expect(summaryOf('closeRun', [closing])).toBe('partial, 360 new bars');
  });

  it('stays short, whatever the input', () => {
    const symbols = Array.from({ length: 800 }, (_, i) => `SYMBOL-${i}`);
    expect(summaryOf('planHeal', [{ limit: 1, after: 0, impatient: false, symbols }])).toBe(
      'SYMBOL-0, SYMBOL-1, SYMBOL-2, SYMBOL-3, SYMBOL-4 and 795 more',
    );
    expect(summaryOf('planAdjust', [{ assetId: 1, symbol: 'X'.repeat(500) }])).toHaveLength(200);
  });

  it('is made of input that a person got wrong, too: the activity then says what is wrong', () => {
    const wrong = { limit: 1, offset: 0, symbols: 'SPY', timeframes: 1 } as never;
    expect(summaryOf('planBackfill', [wrong])).toBe('all assets');
  });
});

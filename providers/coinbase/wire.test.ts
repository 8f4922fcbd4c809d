import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../domain/timeframe.js';
import type { ProviderError } from '../provider.js';
import { parseBars, rowsAsSent } from './wire.js';

const OPEN = Date.parse('2026-11-20T20:00:00Z');
const request = { providerSymbol: 'SOL-USD' };
const bodyOf = (json: unknown) => Buffer.from(JSON.stringify(json));
/** Newest first: time, low, high, open, close, volume. */
const candle = (minute: number) => [(OPEN + minute * MINUTE) / 1000, 170.1, 171.4, 170.5, 171, 12.34567891];
const problemOf = (run: () => unknown): ProviderError => {
  try {
    run();
  } catch (error) {
    return error as ProviderError;
  }
  throw new Error('nothing was thrown');
};

describe('parseBars of Coinbase', () => {
  it('takes low and high from before the open, the volume in coins, and the currency from the product', () => {
    const bars = parseBars(bodyOf([candle(1), candle(0)]), request);
    expect(bars).toMatchObject({ currency: 'USD', hasVolume: true, quote: null, actions: [], liveTime: null });
    expect(bars.time).toEqual([OPEN + MINUTE, OPEN]);
    expect([bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]]).toEqual([
      170.5, 171.4, 170.1, 171, 12.34567891,
    ]);
  });

  it('leaves out no minute of several pages, and reads an empty page between them', () => {
    const pages = bodyOf([[candle(1), candle(0)], [], [candle(601)]]);
    expect(parseBars(pages, request).time).toEqual([OPEN + MINUTE, OPEN, OPEN + 601 * MINUTE]);
    expect(rowsAsSent(pages, [2])).toEqual([candle(601)]);
    expect(parseBars(bodyOf([[], []]), request).time).toEqual([]);
    expect(parseBars(bodyOf([]), request).time).toEqual([]);
  });

  it('recognises longer candles than minutes, and minutes of a quiet coin', () => {
    const every = (minutes: number) => bodyOf(Array.from({ length: 24 }, (_, i) => candle(-i * minutes)));
    expect(parseBars(every(60), request).granularity).toBe('60m');
    expect(parseBars(every(7), request).granularity).toBe('1m');
    expect(parseBars(bodyOf([candle(0), candle(-60)]), request).granularity).toBeNull();
  });

  it.each([
    [[candle(0).with(0, 1.5)], '[0][0]'],
    [[candle(0).with(0, OPEN)], '[0][0]'],
    [[[...candle(0).slice(0, 2), '171.4', 170.5, 171, 1]], '[0][2]'],
    [[candle(0).slice(0, 5)], '[0][5]'],
    [[{ time: 1 }], '[0]'],
    ['candles', ''],
  ])('names the cell that has another shape: %j', (json, field) => {
    const error = problemOf(() => parseBars(bodyOf(json), request));
    expect([error.kind, error.details.field]).toEqual(['schema-drift', field]);
  });

  it('throws what a stored error means', () => {
    expect(problemOf(() => parseBars(bodyOf({ message: 'NotFound' }), request)).kind).toBe('unknown-symbol');
    expect(problemOf(() => parseBars(Buffer.from('<html>'), request)).kind).toBe('bad-content');
  });
});

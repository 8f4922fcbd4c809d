import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../config/catalog/providers.js';
import { calendarOf, type CalendarId } from '../calendars/index.js';
import type { Timeframe } from '../timeframe.js';
import { bucketAt, formingBar, piecesOf } from './forming-bar.js';

const at = (text: string): number => Date.parse(text);
const bucket = (id: CalendarId, timeframe: Timeframe, time: string) =>
  bucketAt(calendarOf(id), { base: id === '24/7' ? '30m' : '1m', timeframe }, at(time))!;
const part = (time: string, open: number, high: number, low: number, close: number, volume: number | null = 10) => ({
  time: [at(time)],
  open: [open],
  high: [high],
  low: [low],
  close: [close],
  volume: [volume],
});

describe('the bucket that is forming', () => {
  it.each([
    ['XNYS', '1h', '2026-11-24T15:31Z', '2026-11-24T15:30Z'],
    ['XNYS', '1d', '2026-11-24T15:31Z', '2026-11-24T00:00Z'],
    ['XHKG', '1d', '2026-11-24T02:00Z', '2026-11-24T00:00Z'],
    ['XNYS', '1w', '2026-11-26T15:00Z', '2026-11-23T00:00Z'],
    ['XNYS', '1mo', '2026-11-26T15:00Z', '2026-11-01T00:00Z'],
    // the closing price belongs to the last bucket of its session
    ['XNYS', '1h', '2026-11-24T21:00Z', '2026-11-24T20:30Z'],
    // the third day of a bar of four days
    ['24/7', '4d', '2026-11-25T12:00Z', '2026-11-23T00:00Z'],
    ['24/7', '30m', '2026-11-25T12:17Z', '2026-11-25T12:00Z'],
  ] as const)('%s %s at %s begins at %s', (id, timeframe, now, expected) => {
    expect(new Date(bucket(id, timeframe, now).time).toISOString()).toBe(new Date(expected).toISOString());
  });
});

describe('a forming bar', () => {
  it('is put together from ever shorter bars; the shortest timeframe has only its live price', () => {
    expect(piecesOf(PROVIDERS.yahoo, '1mo')).toEqual(['1d', '1m']);
    expect(piecesOf(PROVIDERS.yahoo, '1d')).toEqual(['1m']);
    expect(piecesOf(PROVIDERS.yahoo, '5m')).toEqual(['1m']);
    expect(piecesOf(PROVIDERS.yahoo, '1m')).toEqual([]);
    expect(piecesOf(PROVIDERS.coingecko, '4d')).toEqual(['4h', '30m']);
    expect(piecesOf(PROVIDERS.coingecko, '1w')).toEqual(['4h', '30m']);
  });

  it('has the first open, the extremes, the live price as its close, and the volume so far', () => {
    const bars = [part('2026-11-23T00:00Z', 100, 110, 95, 105), part('2026-11-24T14:30Z', 106, 108, 90, 91)];
    const quote = { price: 120, time: at('2026-11-24T14:31:20Z') };
    const week = bucket('XNYS', '1w', '2026-11-24T15:00Z');
    expect(formingBar('1w', week, bars, at('2026-11-24T14:31Z'), quote)).toEqual({
      time: at('2026-11-23T00:00Z'),
      ...{ open: 100, high: 120, low: 90, close: 120, volume: 20 },
      since: at('2026-11-23T00:00Z'),
      until: quote.time,
    });
  });

  it('ignores a live price that is older than its bars, or than its bucket', () => {
    const old = { price: 120, time: at('2026-11-24T14:29Z') };
    const hour = bucket('XNYS', '1h', '2026-11-24T14:40Z');
    const bars = [part('2026-11-24T14:30Z', 106, 108, 90, 91, null)];
    expect(formingBar('1h', hour, bars, at('2026-11-24T14:31Z'), old)).toMatchObject({
      close: 91,
      high: 108,
      volume: null,
    });
    expect(formingBar('1h', hour, [], null, old)).toBeNull();
    expect(formingBar('1h', hour, [], null, null)).toBeNull();
  });

  it('of a live price alone is flat', () => {
    const quote = { price: 7, time: at('2026-11-24T14:40Z') };
    const bar = formingBar('1h', bucket('XNYS', '1h', '2026-11-24T14:40Z'), [], null, quote);
    expect(bar).toMatchObject({
      open: 7,
      high: 7,
      low: 7,
      close: 7,
      volume: null,
      since: quote.time,
      until: quote.time,
    });
  });
});

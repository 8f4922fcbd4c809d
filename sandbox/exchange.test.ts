import { describe, expect, it } from 'vitest';
import { type Bar, Exchange, aggregateBars, type MinuteBar } from './exchange.js';
import { findInstrument } from './find-instrument.js';
import { COINS, type Instrument, STOCKS } from './instruments.js';
import { DAY, HOUR, MINUTE } from './time.js';

const listed: Instrument[] = [...STOCKS.values(), ...COINS.values()];
const names = [...listed.map((each) => each.symbol), 'TSLA', 'BMW.DE', 'AIR.PA', 'chainlink'];
const LATER = Date.parse('2027-06-01T00:00:00Z');
const bars = (list: MinuteBar[]): Bar[] => list.filter((bar) => bar.traded).map(({ traded: _, ...bar }) => bar);
const inst = (name: string) => findInstrument(name)!;

describe('a bar', () => {
  const from = Date.parse('2026-11-09T00:00:00Z');

  it.each(names)('of %s is the same in overlapping windows, at a later clock and after a restart', (name) => {
    const wide = new Exchange(7).minuteBars(inst(name), from, from + 5 * DAY, LATER);
    const exchange = new Exchange(7);
    const narrow = exchange.minuteBars(inst(name), from + 1.7 * DAY, from + 3.2 * DAY, from + 3.5 * DAY);
    const shared = wide.filter((bar) => bar.time >= from + 1.7 * DAY && bar.time < from + 3.2 * DAY);
    expect(narrow.length).toBeGreaterThan(300);
    expect(narrow).toEqual(shared);
  });

  it('is the same after the cache has dropped its session', () => {
    const exchange = new Exchange(7);
    const read = () => exchange.minuteBars(inst('SPY'), from, from + DAY, LATER);
    const before = read();
    for (const coin of COINS.values()) exchange.minuteBars(coin, from - 40 * DAY, from, LATER);
    expect(read()).toEqual(before);
  });

  it('differs for another seed or symbol', () => {
    const day = (seed: number, name: string) => new Exchange(seed).windowBar(inst(name), from, from + DAY, LATER);
    expect(day(1, 'bitcoin')).not.toEqual(day(2, 'bitcoin'));
    expect(day(1, 'AAPL')).not.toEqual(day(1, 'GOOGL'));
  });

  it.each(names)('of a day of %s aggregates its minutes, including early closes and silent minutes', (name) => {
    const exchange = new Exchange(3);
    const sessions = exchange.sessionsOf(inst(name), Date.parse('2025-11-20'), Date.parse('2026-01-10'));
    expect(sessions.length).toBeGreaterThan(30);
    for (const session of sessions) {
      const minutes = bars(exchange.minuteBars(inst(name), session.open, session.close, LATER));
      expect(aggregateBars(minutes)).toEqual(exchange.sessionBar(inst(name), session, LATER));
    }
  });

  it.each(names)('of %s has low ≤ open, close ≤ high, positive prices and whole volumes', (name) => {
    const exchange = new Exchange(5);
    const sessions = exchange.sessionsOf(inst(name), 0, LATER);
    const daily = sessions.map((session) => exchange.sessionBar(inst(name), session, LATER)!);
    const minutes = bars(exchange.minuteBars(inst(name), from, from + 3 * DAY, LATER));
    const wrong = [...daily, ...minutes].filter(
      ({ open, high, low, close, volume }) =>
        low <= 0 ||
        low > Math.min(open, close) ||
        high < Math.max(open, close) ||
        !Number.isInteger(volume) ||
        volume < 0,
    );
    expect(wrong).toEqual([]);
  });

  it('stays within its final range while it forms', () => {
    const exchange = new Exchange(1);
    const open = Date.parse('2026-11-20T15:00:00Z');
    const final = exchange.minuteBars(inst('NVDA'), open, open + MINUTE, LATER)[0]!;
    for (let second = 1; second < 60; second++) {
      const forming = exchange.minuteBars(inst('NVDA'), open, open + MINUTE, open + second * 1000)[0]!;
      expect(forming.open).toBe(final.open);
      expect(forming.high).toBeLessThanOrEqual(final.high);
      expect(forming.low).toBeGreaterThanOrEqual(final.low);
      expect(forming.close).toBeLessThanOrEqual(forming.high);
      expect(forming.close).toBeGreaterThanOrEqual(forming.low);
      expect(forming.volume).toBeLessThanOrEqual(final.volume);
    }
  });
});

describe('the market', () => {
  const exchange = new Exchange(1);
  const spy = inst('SPY');
  const sessions = exchange.sessionsOf(spy, 0, LATER);
  const daily = sessions.map((session) => exchange.sessionBar(spy, session, LATER)!);

  it('starts with each instrument’s first trading date', () => {
    expect(sessions[0]!.date).toBe('1993-01-29');
    expect(exchange.firstSession(inst('PLTR')).date).toBe('2020-09-30');
    expect(exchange.minuteBars(inst('PLTR'), 0, Date.parse('2020-09-30T13:32:00Z'), LATER)).toHaveLength(2);
  });

  it('opens with gaps, moves about 1 % per day and grows over the decades', () => {
    const returns = daily.slice(1).map((bar, i) => Math.log(bar.close / daily[i]!.close));
    const deviation = Math.sqrt(returns.reduce((sum, x) => sum + x * x, 0) / returns.length);
    expect(deviation).toBeGreaterThan(0.007);
    expect(deviation).toBeLessThan(0.014);
    const gaps = daily.slice(1).filter((bar, i) => Math.abs(bar.open / daily[i]!.close - 1) > 0.001);
    expect(gaps.length / daily.length).toBeGreaterThan(0.5);
    expect(daily.at(-1)!.close / daily[0]!.close).toBeGreaterThan(4);
  });

  it('is busiest at the open and at the close', () => {
    const hours = [0, 0, 0, 0, 0, 0, 0];
    for (const session of sessions.slice(-20)) {
      for (const bar of exchange.minuteBars(spy, session.open, session.close, LATER)) {
        hours[Math.floor((bar.time - session.open) / HOUR)]! += bar.volume;
      }
    }
    expect(hours[0]!).toBeGreaterThan(1.3 * hours[3]!);
    expect(hours[6]!).toBeGreaterThan(0.6 * hours[3]!); // the last half hour alone
  });

  it('sends Yahoo’s prices as float32 cents and coins’ as decimals', () => {
    const bar = daily.at(-1)!;
    expect(bar.close).toBe(Math.fround(Math.round(bar.close * 100) / 100));
    const coin = exchange.windowBar(inst('bitcoin'), LATER - 3 * DAY, LATER - 2 * DAY, LATER)!;
    expect(coin.close).toBe(Math.round(coin.close * 100) / 100);
  });
});

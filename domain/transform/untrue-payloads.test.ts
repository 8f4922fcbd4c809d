import { describe, expect, it } from 'vitest';
import { bar, DAYS, flat, minute, MINUTES, rawBarsOf, type Row } from '../../test/raw-bars.js';
import { calendarOf } from '../calendars/index.js';
import { DAY, HOUR, SECOND } from '../timeframe.js';
import { transform } from './transform.js';

const at = (iso: string) => Date.parse(iso);

describe('what a payload says of itself', () => {
  it('rejects bars that are longer than their payload says, by their times', () => {
    const every = (step: number, granularity: string | null) =>
      transform(
        rawBarsOf(
          [...Array.from({ length: 20 }, (_, i) => bar(minute(i * step))), flat(minute(20 * step) + 7 * SECOND)],
          { granularity },
        ),
        MINUTES,
      );
    for (const granularity of ['1m', null])
      expect(new Set(every(5, granularity).rejected.map(({ rule }) => rule))).toEqual(new Set(['wrong_granularity']));
    expect(every(1, '1m').bars.time).toHaveLength(20);
    const weeks = Array.from({ length: 20 }, (_, i) => bar(at('2026-07-06') + i * 7 * DAY));
    const context = { ...DAYS, window: { from: at('2026-07-01'), to: at('2026-11-21') } };
    const daysOf = (granularity: string | null) =>
      transform(rawBarsOf(weeks, { timezone: null, granularity }), context).bars.time.length;
    expect(daysOf(null)).toBe(0);
    expect(daysOf('1d')).toBe(19); // such as those of a fund; one is on Labor Day
  });

  it('rejects days by wrong_timezone if they are dated in another zone than that of the exchange', () => {
    const tokyo = { ...DAYS, calendar: calendarOf('XTKS'), now: at('2026-11-21') };
    const rowsOf = (dates: string[]): Row[] =>
      dates.map((date, i) => [at(date), 10, 11, 9, 10, 100, at(`2026-11-${17 + i}T00:00:00Z`)]);
    const inTokyo = rawBarsOf(rowsOf(['2026-11-17', '2026-11-18']), { timezone: 'Asia/Tokyo' });
    expect(transform(inTokyo, tokyo).bars.session).toEqual(['2026-11-17', '2026-11-18']);
    const inNewYork = rawBarsOf(rowsOf(['2026-11-16', '2026-11-17']), {
      actions: [{ kind: 'dividend', time: at('2026-11-16'), amount: 1 }],
    });
    const result = transform(inNewYork, tokyo);
    expect(result.rejected.map((row) => row.rule)).toEqual(['wrong_timezone', 'wrong_timezone']);
    expect(result).toMatchObject({ bars: { time: [] }, actions: [] });
    // a zone with the same dates is as good, and without a zone the rows have their dates from elsewhere
    for (const timezone of ['Asia/Seoul', null])
      expect(transform({ ...inTokyo, timezone }, tokyo).bars.time).toHaveLength(2);
  });
});

describe('the live price of a payload', () => {
  it('is kept unless its time is one of the future: that would keep out all later prices', () => {
    const quoteAt = (time: number) => {
      const quote = { providerSymbol: 'SPY', price: 10, currency: 'USD', time, volume24h: null };
      return transform(rawBarsOf([], { quote }), MINUTES).quote?.time;
    };
    // a trade while the request was under way
    for (const time of [MINUTES.now - HOUR, MINUTES.now + 5 * SECOND]) expect(quoteAt(time)).toBe(time);
    for (const time of [MINUTES.now + HOUR, at('2099-01-01')]) expect(quoteAt(time)).toBeUndefined();
  });
});

import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { calendarOf, type Session } from '../calendars/index.js';
import { holesOf, mergeSources } from './merge-sources.js';
import { slotsOf } from '../calendars/slots.js';
import { TIMEFRAME_MS } from '../timeframe.js';

const MINUTE = 60_000;

describe('mergeSources', () => {
  const bars = fc
    .uniqueArray(fc.nat(40), { maxLength: 40 })
    .map((minutes) => minutes.sort((a, b) => a - b).map((minute) => minute * MINUTE));
  const sources = fc
    .array(bars, { minLength: 1, maxLength: 4 })
    .map((all) => all.map((time, rank) => ({ time, close: time.map((at) => at / MINUTE + rank / 10) })));

  it('serves for each time the bar of the first source that has one, as a naive search does', () => {
    fc.assert(
      fc.property(sources, (all) => {
        const times = [...new Set(all.flatMap(({ time }) => time))].sort((a, b) => a - b);
        const naive = times.map((time) => {
          const source = all.findIndex((one) => one.time.includes(time));
          return { time, source, close: all[source]!.close[all[source]!.time.indexOf(time)] };
        });
        const { columns, source } = mergeSources<{ time: number[]; close: number[] }>(all);
        const merged = columns.time.map((time, i) => ({ time, source: source[i], close: columns.close[i] }));
        expect(merged).toEqual(naive);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('holesOf', () => {
  const rules = { calendar: calendarOf('24/7'), timeframe: '1m' as const };
  const from = Date.parse('2026-11-24T18:00:00Z');
  const to = Date.parse('2026-11-25T06:00:00Z');
  const slots = Array.from({ length: (to - from) / MINUTE }, (_, i) => from + i * MINUTE);

  it('are none if the source has every slot, across midnight', () => {
    expect(holesOf(rules, slots, { from, to, newest: false, limit: 10_000 })).toBeNull();
  });

  it('go from the first missing slot to the last', () => {
    const times = slots.filter((_, i) => i !== 10 && i !== 500);
    const holes = holesOf(rules, times, { from, to, newest: false, limit: 10_000 });
    expect(holes).toEqual({ from: slots[10], to: slots[500]! + 1 });
  });

  it('are the whole part at an exchange: its calendar may have changed since its bars were stored', () => {
    const stocks = { calendar: calendarOf('XHKG'), timeframe: '1m' as const };
    const minutes = slotsOf('XHKG', '1m', stocks.calendar.sessionOn('2026-11-24')!);
    const all = { from: minutes[0]!, to: minutes.at(-1)! + 1, newest: false };
    expect(holesOf(stocks, minutes, { ...all, limit: 10_000 })).toEqual({ from: all.from, to: all.to });
    expect(holesOf(stocks, minutes.slice(0, 10), { ...all, limit: 10 })).toEqual({
      ...{ from: all.from, to: minutes[9]! + 1 },
    });
  });

  it('are the whole part if there is no bar, and open where the part is open', () => {
    expect(holesOf(rules, [], { from, to: null, newest: true, limit: 10 })).toEqual({ from, to: null });
    expect(holesOf(rules, slots, { from: null, to: null, newest: true, limit: 10_000 })).toEqual({
      ...{ from: null, to: null },
    });
  });

  it.each(['1m', '30m', '1d'] as const)(
    'of %s bars are found without a search of all sessions in a part of thousands of years',
    (timeframe) => {
      const coins = { calendar: calendarOf('24/7'), timeframe };
      const part = { from: Date.parse('0001-01-01'), to: Date.parse('9999-12-31'), newest: false, limit: 10 };
      const searches = vi.spyOn(coins.calendar, 'sessionsBetween');
      expect(holesOf(coins, [from], part)).toMatchObject({
        from: Date.parse('1970-01-01'),
        to: Date.parse('9999-12-31') - TIMEFRAME_MS[timeframe] + 1,
      });
      const found = searches.mock.results.map(({ value }) => (value as Session[]).length);
      searches.mockRestore();
      expect(found.reduce((sum, sessions) => sum + sessions)).toBeLessThan(5_000);
    },
  );

  it('hold every bar that merging the whole part would take from a later source', () => {
    const some = fc.array(fc.boolean(), { minLength: slots.length, maxLength: slots.length });
    const part = fc.record({
      from: fc.constantFrom(null, from, slots[7]!, slots[400]!),
      to: fc.constantFrom(null, to, slots[380]! + 1, slots[600]!),
      newest: fc.boolean(),
      limit: fc.constantFrom(1, 5, 100, 10_000),
    });
    fc.assert(
      fc.property(some, some, part, (hasFirst, hasLater, asked) => {
        const inside = slots.filter((time) => time >= (asked.from ?? 0) && time < (asked.to ?? Infinity));
        const read = (has: boolean[], { from: low, to: high }: { from: number | null; to: number | null }) => {
          const own = inside.filter(
            (time) => has[slots.indexOf(time)] && time >= (low ?? 0) && time < (high ?? Infinity),
          );
          return asked.newest ? own.slice(-asked.limit) : own.slice(0, asked.limit);
        };
        const cut = (all: number[]) => (asked.newest ? all.slice(-asked.limit) : all.slice(0, asked.limit));
        const first = read(hasFirst, asked);
        const merged = (later: number[]) =>
          cut(mergeSources<{ time: number[] }>([{ time: first }, { time: later }]).columns.time);
        const holes = holesOf(rules, first, asked);
        const filling = holes ? read(hasLater, holes) : [];
        expect(merged(filling)).toEqual(merged(read(hasLater, asked)));
      }),
      { numRuns: 200 },
    );
  });
});

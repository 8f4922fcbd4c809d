import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { casesOf } from '../../test/long-tests.js';
import type { PriceColumns } from '../bar.js';
import { calendarOf, type CalendarId, type Session } from '../calendars/index.js';
import { slotsOf } from '../calendars/slots.js';
import { DAY, MINUTE, type Timeframe } from '../timeframe.js';
import { bucketsBetween, mostBaseBars, type Bucket, type Aggregation } from './buckets.js';
import { missingSlots, aggregateBars, type MissingSlot } from './aggregate-bars.js';

const at = (text: string): number => Date.parse(text);

/** Calendars with timeframes that build on each other; the first one is stored. */
const LADDERS: { calendars: CalendarId[]; timeframes: Timeframe[] }[] = [
  { calendars: ['XNYS', 'XETR', 'XPAR', 'XHKG'], timeframes: ['1m', '5m', '15m', '30m', '1h', '4h'] },
  { calendars: ['XNYS', 'XETR', 'XPAR', 'XHKG'], timeframes: ['1d', '1w'] },
  { calendars: ['XNYS', 'XETR', 'XPAR', 'XHKG'], timeframes: ['1d', '1mo'] },
  { calendars: ['24/7'], timeframes: ['30m', '1h', '4h', '1d', '1w'] },
  { calendars: ['24/7'], timeframes: ['4h', '1d', '1mo'] },
];

/** A calendar, a ladder, one of its longer timeframes, and the first day of the bars. */
const cases = fc.constantFrom(...LADDERS).chain(({ calendars, timeframes }) =>
  fc.record({
    calendar: fc.constantFrom(...calendars).map(calendarOf),
    timeframes: fc.constant(timeframes),
    aggregation: fc
      .constantFrom(...timeframes.slice(1))
      .map((timeframe): Aggregation => ({ base: timeframes[0] as Aggregation['base'], timeframe })),
    from: fc.integer({ min: at('2024-01-01') / DAY, max: at('2027-06-01') / DAY }).map((day) => day * DAY),
  }),
);

/** Expected base bars of some days, each stored or missing, with prices and volumes. */
function barsFrom(
  calendar: ReturnType<typeof calendarOf>,
  base: Aggregation['base'],
  from: number,
  cells: Cell[],
): PriceColumns {
  const days = base === '1m' ? 2 : base === '30m' ? 9 : 45;
  const slots = calendar.sessionsBetween(from, from + days * DAY).flatMap((s) => slotsOf(calendar.id, base, s));
  const bars: PriceColumns = { time: [], open: [], high: [], low: [], close: [], volume: [] };
  slots.forEach((time, i) => {
    const cell = cells[i % cells.length]!;
    if (!cell.stored) return;
    const [open, close] = [cell.open + (i % 7), cell.close + (i % 5)];
    bars.time.push(time);
    bars.open.push(open);
    bars.close.push(close);
    bars.high.push(Math.max(open, close) + cell.up);
    bars.low.push(Math.min(open, close) - cell.down);
    bars.volume.push(cell.volume);
  });
  return bars;
}

interface Cell {
  stored: boolean;
  open: number;
  close: number;
  up: number;
  down: number;
  volume: number | null;
}
const cell = fc.record<Cell>({
  stored: fc.boolean(),
  open: fc.integer({ min: 100, max: 200 }),
  close: fc.integer({ min: 100, max: 200 }),
  up: fc.integer({ min: 0, max: 20 }),
  down: fc.integer({ min: 0, max: 20 }),
  volume: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { freq: 20 }),
});
const cells = fc.array(cell, { minLength: 1, maxLength: 40 });

const bucketsOf = (calendar: ReturnType<typeof calendarOf>, aggregation: Aggregation, { time }: PriceColumns) =>
  time.length === 0 ? [] : bucketsBetween(calendar, aggregation, time[0]!, time.at(-1)! + 1);

describe('aggregating bars', () => {
  it('puts every base bar into exactly one bucket, and no bucket overlaps another', () => {
    fc.assert(
      fc.property(cases, cells, ({ calendar, aggregation, from }, values) => {
        const bars = barsFrom(calendar, aggregation.base, from, values);
        const buckets = bucketsOf(calendar, aggregation, bars);
        const isApart = ({ from: begin, to }: Bucket, i: number) =>
          begin < to && begin >= (buckets[i - 1]?.to ?? -Infinity);
        expect(buckets.every(isApart)).toBe(true);
        expect(buckets.every(({ expected }) => expected > 0 && expected <= mostBaseBars(aggregation))).toBe(true);
        const aggregated = aggregateBars(bars, buckets);
        expect(aggregated.begin.flatMap((begin, row) => bars.time.slice(begin, aggregated.end[row]))).toEqual(
          bars.time,
        );
      }),
      { numRuns: casesOf(1_000, 200) },
    );
  });

  it('yields the same bars directly or through any timeframes between', () => {
    fc.assert(
      fc.property(cases, cells, fc.nat(), ({ calendar, timeframes, aggregation, from }, values, pick) => {
        const bars = barsFrom(calendar, aggregation.base, from, values);
        // some steps of the ladder, by the bits of `pick`, and the wanted one
        const between = timeframes
          .slice(1, timeframes.indexOf(aggregation.timeframe))
          .filter((_, i) => (pick >> i) & 1);
        let current = bars;
        let base: Timeframe = aggregation.base;
        for (const timeframe of [...between, aggregation.timeframe]) {
          const step = { base: base as Aggregation['base'], timeframe };
          current = aggregateBars(current, bucketsOf(calendar, step, current)).bars;
          base = timeframe;
        }
        expect(current).toEqual(aggregateBars(bars, bucketsOf(calendar, aggregation, bars)).bars);
      }),
      { numRuns: casesOf(1_000, 200) },
    );
  });

  it('yields the first open, the extremes, the last close and the summed volume of each bucket', () => {
    fc.assert(
      fc.property(cases, cells, ({ calendar, aggregation, from }, values) => {
        const bars = barsFrom(calendar, aggregation.base, from, values);
        const { bars: aggregated, begin, end } = aggregateBars(bars, bucketsOf(calendar, aggregation, bars));
        const expected = aggregated.time.map((_, row) => {
          const part = <T>(column: T[]) => column.slice(begin[row], end[row]);
          const volumes = part(bars.volume);
          const sum = volumes.reduce<number>((total, volume) => total + (volume ?? 0), 0);
          return [
            part(bars.open)[0],
            Math.max(...part(bars.high)),
            Math.min(...part(bars.low)),
            part(bars.close).at(-1),
            volumes.includes(null) ? null : sum,
          ];
        });
        const { open, high, low, close, volume } = aggregated;
        expect(open.map((_, row) => [open, high, low, close, volume].map((column) => column[row]))).toEqual(expected);
      }),
      { numRuns: casesOf(1_000, 200) },
    );
  });

  it('adds volumes of coins as decimal numbers', () => {
    const open = Date.parse('2026-11-24T00:00Z');
    const bucket = { time: open, from: open, to: open + 5 * MINUTE };
    const price = [1, 1, 1];
    const time = price.map((_, i) => open + i * MINUTE);
    const bars = { time, open: price, high: price, low: price, close: price, volume: [0.1, 0.2, 35.5042] };
    expect(aggregateBars(bars, [bucket as Bucket]).bars.volume).toEqual([35.8042]);
  });

  it('lists each expected base bar once: as stored in its bucket, or as missing from it', () => {
    fc.assert(
      fc.property(cases, cells, ({ calendar, aggregation, from }, values) => {
        const bars = barsFrom(calendar, aggregation.base, from, values);
        const aggregated = aggregateBars(bars, bucketsOf(calendar, aggregation, bars));
        const missing = missingSlots(calendar, aggregation, aggregated, bars.time);
        const slots = (session: Session) => slotsOf(calendar.id, aggregation.base, session);
        const named = aggregated.buckets.map((_, row) => {
          const stored = bars.time.slice(aggregated.begin[row], aggregated.end[row]);
          const all = [...stored, ...missing[row]!.map(({ time }) => time)].sort((a, b) => a - b);
          return { all, last: all.at(-1), count: all.length };
        });
        const expected = aggregated.buckets.map((bucket) => {
          const all = bucket.sessions.flatMap(slots).filter((slot) => slot >= bucket.from && slot < bucket.to);
          return { all, last: bucket.lastSlot, count: bucket.expected };
        });
        expect(named).toEqual(expected);
        const isInPlace = ({ session, index, time }: MissingSlot) =>
          slots(calendar.sessionOn(session)!)[index] === time;
        expect(missing.flat().every(isInPlace)).toBe(true);
      }),
      { numRuns: casesOf(1_000, 200) },
    );
  });

  it('leaves out a bar outside all buckets', () => {
    const calendar = calendarOf('XNYS');
    const times = ['2026-11-20T14:29Z', '2026-11-20T14:30Z', '2026-11-20T21:00Z'].map(at);
    const column = times.map(() => 1);
    const bars = { time: times, open: column, high: column, low: column, close: column, volume: column };
    const aggregation: Aggregation = { base: '1m', timeframe: '4h' };
    const aggregated = aggregateBars(bars, bucketsBetween(calendar, aggregation, times[0]!, times[2]! + 1));
    expect(aggregated.bars).toMatchObject({ time: [times[1]], volume: [1] });
  });
});

import { describe, expect, it } from 'vitest';
import { bar, CLOSE, DAYS, minute, MINUTES, rawBarsOf, type Row } from '../../test/raw-bars.js';
import { HOUR } from '../timeframe.js';
import { transform } from './transform.js';

const at = (iso: string) => Date.parse(iso);
const day = (date: string, stamp: string, volume = 100, price = 10): Row => {
  const [time, open, high, low, close] = bar(at(date), volume, price);
  return [time, open, high, low, close, volume, at(stamp)];
};

describe('rows for one bar', () => {
  it('rejects rows for one bar that contradict each other, in any order, and does not take the slot for empty', () => {
    const rows = [bar(minute(0), 100, 11), bar(minute(0), 100, 12), bar(minute(0), 90, 13), bar(minute(1))];
    for (const mixed of [rows, rows.toReversed()]) {
      const result = transform(rawBarsOf(mixed), { ...MINUTES, now: CLOSE + 7 * HOUR });
      expect(result.bars.time).toEqual([minute(1)]);
      expect(result.rejected.map(({ rule, raw }) => `${rule} ${raw.open}`).sort()).toEqual([
        'contradictory 11',
        'contradictory 12',
      ]);
      expect(result.ignored).toEqual({ duplicate: 1 });
      expect(result.coverage[0]!.empty[0]).toBe('0');
    }
  });

  it('takes rows that differ in nothing but an unknown volume for one bar', () => {
    const [time, ...cells] = bar(minute(0));
    const unknown: Row = [time, cells[0], cells[1], cells[2], cells[3], null];
    for (const rows of [
      [unknown, bar(minute(0))],
      [bar(minute(0)), unknown],
    ]) {
      const result = transform(rawBarsOf(rows), MINUTES);
      expect(result).toMatchObject({ bars: { volume: [100] }, rejected: [], ignored: { duplicate: 1 } });
    }
  });
});

describe('rows for one day', () => {
  it.each([
    ['after the payload was fetched', '2026-11-20T22:30:00Z', '2026-11-20T22:00:00Z', { future: 1 }],
    ['hours after the last trade', '2026-11-21T01:00:00Z', '2026-11-23T12:00:00Z', { duplicate: 1 }],
  ])('does not take a row stamped %s for the final bar of its date', (_title, stamp, now, ignored) => {
    const right = day('2026-11-20', '2026-11-20T14:30:00Z', 900, 20);
    const wrong = day('2026-11-20', stamp, 1, 5);
    for (const rows of [
      [right, wrong],
      [wrong, right],
    ]) {
      const result = transform(rawBarsOf(rows), { ...DAYS, now: at(now) });
      expect(result).toMatchObject({ bars: { time: [at('2026-11-20')], open: [20], volume: [900] }, ignored });
    }
  });

  it('neither stores a lone row of the future nor takes its session for empty', () => {
    const rows = [day('2026-11-20', '2026-11-22T14:30:00Z')];
    const result = transform(rawBarsOf(rows), { ...DAYS, now: at('2026-11-21T12:00:00Z') });
    expect(result).toMatchObject({ bars: { time: [] }, ignored: { future: 1 } });
    expect(result.coverage.at(-1)).toMatchObject({ session: '2026-11-20', answered: '1', filled: '0', empty: '0' });
  });

  it('stores the price that a fund has once a day, in the evening', () => {
    const rows = [day('2026-11-19', '2026-11-20T01:01:00Z')];
    expect(transform(rawBarsOf(rows), DAYS).bars.session).toEqual(['2026-11-19']);
  });
});

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DAY } from '../../domain/timeframe.js';
import { transform } from '../../domain/transform/transform.js';
import { MINUTES, rawBarsOf, type Row } from '../raw-bars.js';
import { describeWithRecordings } from '../recordings.js';
import { readRows } from './csv-bars.js';
import { countOf, findingsOfBars } from './findings.js';

describeWithRecordings('recorded daily rows with bad cells', (recordings) => {
  /** Puts a file through transform, as a payload of two years that was fetched after their end. */
  const transformed = (name: string) => {
    const rows = readRows(join(recordings, 'dirty', `${name}.csv`));
    const now = Date.parse('2019-02-01');
    const window = { from: Date.parse('2017-01-01'), to: now };
    const raw = rawBarsOf(
      rows.map(({ time, cells }): Row => [time, ...cells]),
      { timezone: null }, // a file has dates, and no stamps
    );
    return { rows, ...transform(raw, { ...MINUTES, timeframe: '1d', window, now }) };
  };

  it('lose every bad row to a rule, and no good row', () => {
    const { rows, bars, rejected, ignored } = transformed('skender-bad');
    expect(rows).toHaveLength(502);
    const byRule = countOf(rejected.map(({ rule }) => rule));
    expect(byRule).toEqual({ not_positive: 54, ohlc_order: 9, bad_volume: 1, bad_time: 50 }); // 50 rows have no date
    expect(ignored).toEqual({ no_trade: 51 }); // empty rows
    const good = rows.filter(({ time, cells }) => {
      const [open, high, low, close, volume] = cells as number[];
      const inside = [open!, close!].every((price) => price >= low! && price <= high!);
      return Number.isFinite(time) && cells.every((cell) => cell !== null) && low! > 0 && inside && volume! >= 0;
    });
    expect(bars.time).toEqual(good.map(({ time }) => time).toSorted((a, b) => a - b));
    expect(bars.time).toHaveLength(502 - 64 - 101);
  });

  it('cause warnings where they are possible but wrong', () => {
    const { bars } = transformed('skender-bad');
    const { warnings } = findingsOfBars(bars, [], DAY);
    // the starts of prices at a millionth and at 100,000 times of the right ones, and of the right ones again
    expect(warnings.filter((warning) => !warning.startsWith('stale'))).toEqual([
      'step 2017-05-26',
      'step 2017-08-08',
      'step 2018-03-14',
    ]);
    expect(countOf(warnings.map((warning) => warning.split(' ')[0]!))).toEqual({ stale_repeat: 1, step: 3 });
  });

  it('leave no bars of 200 rows of zeros', () => {
    const { bars, rejected } = transformed('skender-zeros');
    expect(countOf(rejected.map(({ rule }) => rule))).toEqual({ not_positive: 200 });
    expect(bars.time).toEqual([]);
  });
});

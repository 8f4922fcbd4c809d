import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { describeWithRecordings } from '../../test/recordings.js';
import { INDICATOR_LOOKBACK, storedIndicators } from './stored-indicators.js';

const closes = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
const dayBefore = (session: string) => `d${String(Number(session.slice(1)) - 1).padStart(4, '0')}`;
const inSessionsOf = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) => `d${String(Math.floor(i / n)).padStart(4, '0')}`);

describe('stored indicators', () => {
  it('have the same bits wherever a load begins', () => {
    fc.assert(
      fc.property(closes, fc.nat(), (values, at) => {
        const sessions = inSessionsOf(7, values.length);
        const whole = storedIndicators({
          closes: values,
          sessions,
          from: 0,
          previousSession: dayBefore,
          closeBefore: null,
        });
        const from = at % values.length;
        const begin = Math.max(0, from - INDICATOR_LOOKBACK);
        const part = storedIndicators({
          closes: values.slice(begin),
          sessions: sessions.slice(begin),
          from: from - begin,
          previousSession: dayBefore,
          closeBefore: values[sessions.lastIndexOf(dayBefore(sessions[begin]!))] ?? null,
        });
        expect(part.sma20).toEqual(whole.sma20.slice(from));
        expect(part.sma50).toEqual(whole.sma50.slice(from));
        expect(part.dailyReturn).toEqual(whole.dailyReturn.slice(from));
        if (from > 0) expect(part.barReturn).toEqual(whole.barReturn.slice(from));
      }),
      { numRuns: 1000 },
    );
  });
  it('have a null daily return after a session without bars', () => {
    const result = storedIndicators({
      closes: [10, 11],
      sessions: ['d0001', 'd0003'],
      from: 0,
      previousSession: dayBefore,
      closeBefore: null,
    });
    expect(result.dailyReturn).toEqual([null, null]);
    expect(result.barReturn).toEqual([null, 11 / 10 - 1]);
  });
});

describeWithRecordings('TA-Lib as oracle', (folder) => {
  const near = (ours: number | null, theirs: string) => {
    if (theirs === '') expect(ours).toBeNull();
    else expect(Math.abs(ours! / Number(theirs) - 1)).toBeLessThan(1e-9);
  };
  it.each(['oracle-spy-2017-2018.csv', 'oracle-eth-1d.csv', 'oracle-spy-1m-2020-12.csv'])(
    'agrees on %s to 1e-9',
    (file) => {
      const rows = readFileSync(`${folder}indicators/${file}`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(','));
      const column = (name: string) => rows[0]!.indexOf(name);
      const [close, sma20, sma50, daily] = ['close', 'sma20', 'sma50', 'daily_return'].map(column) as [
        number,
        number,
        number,
        number,
      ];
      const data = rows.slice(1);
      const series = data.map((row) => Number(row[close]));
      const ours = storedIndicators({
        closes: series,
        sessions: inSessionsOf(1, series.length),
        from: 0,
        previousSession: dayBefore,
        closeBefore: null,
      });
      data.forEach((row, i) => {
        near(ours.sma20[i]!, row[sma20]!);
        near(ours.sma50[i]!, row[sma50]!);
        // the oracle's daily_return is close ÷ previous close − 1, compared absolutely: it is often near zero
        if (row[daily] === '') expect(ours.barReturn[i]).toBeNull();
        else expect(Math.abs(ours.barReturn[i]! - Number(row[daily]))).toBeLessThan(1e-9);
      });
    },
  );
});

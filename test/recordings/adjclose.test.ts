import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { adjustBars, stepsForDividends } from '../../domain/adjustment/adjust-bars.js';
import { fromFloat32 } from '../../domain/decimal.js';
import { parseBars } from '../../providers/yahoo/wire.js';
import { describeWithRecordings } from '../recordings.js';

interface Recorded {
  response: { body: { chart: { result: [{ indicators: { adjclose: [{ adjclose: number[] }] } }] } } };
}

describeWithRecordings('dividends of recorded stocks', (recordings) => {
  // amounts have six digits: after the splits since 1987, a cent of then is a fraction of a cent
  it.each([
    ['jb-AAPL-1d-10395', 10_395, 74, 2e-6],
    ['jb-AAPL-1d-759', 759, 12, 1e-6],
    ['yfrs-history_chart_AAPL', 127, 2, 1e-6],
    ['yfrs-history_chart_MSFT', 127, 2, 1e-6],
    ['historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31', 252, 4, 1e-6],
  ])('reproduce the adjclose of %s', (name, rows, dividends, tolerance) => {
    const text = readFileSync(join(recordings, 'yahoo', `${name}.json`), 'utf8');
    const { response } = JSON.parse(text) as Recorded;
    const request = { providerSymbol: 'X', timeframe: '1d', window: { from: 0, to: 1 } } as const;
    const raw = parseBars(Buffer.from(JSON.stringify(response.body)), request);
    const close = (raw.close as number[]).map(fromFloat32);
    const paid = raw.actions.flatMap((action) => {
      if (action.kind !== 'dividend') return [];
      const before = raw.time.findLastIndex((time) => time < action.time);
      return [{ exDate: action.time, amount: action.amount, closeBefore: close[before] ?? null }];
    });
    expect([close.length, paid.length]).toEqual([rows, dividends]);

    const bars = { time: raw.time, open: close, high: close, low: close, close, volume: close.map(() => null) };
    const ours = adjustBars(bars, stepsForDividends(paid)).close;
    const theirs = response.body.chart.result[0].indicators.adjclose[0].adjclose;
    // relative to the last row: a past window lacks the later dividends
    const later = theirs.at(-1)! / ours.at(-1)!;
    const worst = Math.max(...ours.map((price, i) => Math.abs((price * later) / theirs[i]! - 1)));
    expect(worst).toBeLessThan(tolerance);
  });
});

import { describe, expect, it } from '@jest/globals';
import { DIVIDEND_RULES, dividendWarnings, type Dividend } from './dividend-rules.js';
import { NEIGHBOUR_RULES } from './neighbour-rules.js';
import { RULES } from './bar-rules.js';

/** The warnings for a price of 100 that falls by a fraction on each ex-date and has recovered by the next one. */
function warningsOf(dividends: Dividend[], fall = 0): string[] {
  const prices = { session: ['2026-01-01'], open: [100], close: [100] };
  for (const { session } of dividends) {
    prices.session.push(session, `${session}+`);
    prices.open.push(100 * (1 - fall), 100);
    prices.close.push(100 * (1 - fall), 100);
  }
  return dividendWarnings(dividends, prices).map(({ session, rule }) => `${rule} ${session}`);
}

const quarterly = (...amounts: number[]): Dividend[] =>
  amounts.map((amount, i) => ({ session: `2026-${String(3 * i + 2).padStart(2, '0')}-10`, amount }));

describe('the dividend rules', () => {
  it('have unique ids and descriptions', () => {
    for (const { id, doc } of DIVIDEND_RULES) {
      expect(RULES.has(id) || NEIGHBOUR_RULES.some((rule) => rule.id === id)).toBe(false);
      expect(doc).toMatch(/\.$/);
    }
  });

  it('accept ordinary dividends, and none', () => {
    expect(warningsOf(quarterly(0.5, 0.5, 0.55, 1.2))).toEqual([]);
    expect(warningsOf([])).toEqual([]);
  });

  it('dividend_ratio_100 finds one in another unit, larger or smaller', () => {
    expect(warningsOf(quarterly(0.5, 0.55, 52, 0.5))).toEqual(['dividend_ratio_100 2026-08-10']);
    expect(warningsOf(quarterly(0.5, 0.55, 0.0052, 0.5))).toEqual(['dividend_ratio_100 2026-08-10']);
  });

  it('dividend_ratio_100 needs two others for comparison', () => {
    expect(warningsOf(quarterly(0.05, 5))).toEqual([]);
  });

  it('dividend_ratio_100 compares yields, so it accepts a share that is later quoted in another unit', () => {
    const dividends = quarterly(0.5, 0.5, 0.005);
    const prices = {
      session: ['2026-02-09', '2026-02-10', '2026-05-10', '2026-06-01', '2026-08-10'],
      open: [100, 100, 100, 1, 1],
      close: [100, 100, 100, 1, 1],
    };
    expect(dividendWarnings(dividends, prices)).toEqual([]);
  });

  it('dividend_size finds a dividend of a tenth of the price that the price does not reflect', () => {
    expect(warningsOf(quarterly(10))).toEqual(['dividend_size 2026-02-10']);
    expect(warningsOf(quarterly(150))).toEqual(['dividend_size 2026-02-10']);
    expect(warningsOf(quarterly(9.9))).toEqual([]);
  });

  it('dividend_size accepts a special dividend, by which the price falls', () => {
    expect(warningsOf(quarterly(40), 0.38)).toEqual([]);
    expect(warningsOf(quarterly(40), 0.05)).toEqual(['dividend_size 2026-02-10']);
  });

  it('dividend_repeat finds the same amount within five days, but accepts a fund that pays weekly', () => {
    const on = (...days: string[]) => days.map((day) => ({ session: `2026-02-${day}`, amount: 0.3 }));
    expect(warningsOf(on('02', '06'))).toEqual(['dividend_repeat 2026-02-06']);
    expect(warningsOf(on('02', '09', '16'))).toEqual([]);
    expect(warningsOf([on('02')[0]!, { session: '2026-02-03', amount: 0.31 }])).toEqual([]);
  });

  it('do not check sizes without prices', () => {
    expect(dividendWarnings(quarterly(0.5, 0.5, 50), { session: [], open: [], close: [] })).toEqual([]);
  });
});

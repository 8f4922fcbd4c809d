import { describe, expect, it } from '@jest/globals';
import { DIVIDEND_RULES, dividendWarnings, type Dividend } from './dividend-rules.js';
import { NEIGHBOUR_RULES } from './neighbour-rules.js';
import { RULES } from './bar-rules.js';

/** A price of 100 that falls on ex-dates by the fraction given, and has come back by the next one. */
function told(dividends: Dividend[], fall = 0): string[] {
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

describe('the rules of dividends', () => {
  it('have ids of their own and words for people', () => {
    for (const { id, doc } of DIVIDEND_RULES) {
      expect(RULES.has(id) || NEIGHBOUR_RULES.some((rule) => rule.id === id)).toBe(false);
      expect(doc).toMatch(/\.$/);
    }
  });

  it('are silent about ordinary dividends, and about none', () => {
    expect(told(quarterly(0.5, 0.5, 0.55, 1.2))).toEqual([]);
    expect(told([])).toEqual([]);
  });

  it('dividend_ratio_100 tells of the one in another unit, either way', () => {
    expect(told(quarterly(0.5, 0.55, 52, 0.5))).toEqual(['dividend_ratio_100 2026-08-10']);
    expect(told(quarterly(0.5, 0.55, 0.0052, 0.5))).toEqual(['dividend_ratio_100 2026-08-10']);
  });

  it('dividend_ratio_100 needs two others to compare with', () => {
    expect(told(quarterly(0.05, 5))).toEqual([]);
  });

  it('dividend_ratio_100 compares with the price, so that a share quoted in another unit later is left alone', () => {
    const dividends = quarterly(0.5, 0.5, 0.005);
    const prices = {
      session: ['2026-02-09', '2026-02-10', '2026-05-10', '2026-06-01', '2026-08-10'],
      open: [100, 100, 100, 1, 1],
      close: [100, 100, 100, 1, 1],
    };
    expect(dividendWarnings(dividends, prices)).toEqual([]);
  });

  it('dividend_size tells of a tenth of the price that the price knows nothing of', () => {
    expect(told(quarterly(10))).toEqual(['dividend_size 2026-02-10']);
    expect(told(quarterly(150))).toEqual(['dividend_size 2026-02-10']);
    expect(told(quarterly(9.9))).toEqual([]);
  });

  it('dividend_size is silent about a special dividend, which takes itself off the price', () => {
    expect(told(quarterly(40), 0.38)).toEqual([]);
    expect(told(quarterly(40), 0.05)).toEqual(['dividend_size 2026-02-10']);
  });

  it('dividend_repeat tells of the same amount within five days, and not of a fund that pays weekly', () => {
    const on = (...days: string[]) => days.map((day) => ({ session: `2026-02-${day}`, amount: 0.3 }));
    expect(told(on('02', '06'))).toEqual(['dividend_repeat 2026-02-06']);
    expect(told(on('02', '09', '16'))).toEqual([]);
    expect(told([on('02')[0]!, { session: '2026-02-03', amount: 0.31 }])).toEqual([]);
  });

  it('say nothing of size where no price is known', () => {
    expect(dividendWarnings(quarterly(0.5, 0.5, 50), { session: [], open: [], close: [] })).toEqual([]);
  });
});

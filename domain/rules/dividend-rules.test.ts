import { describe, expect, it } from 'vitest';
import { DIVIDEND_RULES, dividendWarnings } from './dividend-rules.js';
import { NEIGHBOUR_RULES } from './neighbour-rules.js';
import type { Dividend } from './paid-dividends.js';
import { RULES } from './payload-rules.js';

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

/** Quarterly from February 2024 on. */
const yearsOf = (...amounts: number[]): Dividend[] =>
  amounts.map((amount, i) => ({
    session: `${2024 + Math.floor(i / 4)}-${String(3 * (i % 4) + 2).padStart(2, '0')}-10`,
    amount,
  }));
const inOrder = (dividends: Dividend[]) => dividends.toSorted((a, b) => (a.session < b.session ? -1 : 1));

/** The rules broken by quarterly dividends (fractions of the price) when it moves by 0.5 % a day, and falls on each ex-date. */
function rulesAmongDays(dividends: number[], fall: number): string[] {
  const prices = { session: [] as string[], open: [] as number[], close: [] as number[] };
  const paid: Dividend[] = [];
  for (let day = 0, close = 100; day < dividends.length * 90; day++) {
    const session = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    const isExDate = day % 90 === 60;
    if (isExDate) paid.push({ session, amount: dividends[Math.floor(day / 90)]! * close });
    close *= isExDate ? 1 - fall : day % 2 ? 1.005 : 1 / 1.005;
    prices.session.push(session);
    prices.open.push(close);
    prices.close.push(close);
  }
  return dividendWarnings(paid, prices).map(({ rule }) => rule);
}

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

  it('dividend_repeat finds a similar amount within five days, but accepts a fund that pays weekly, and a special dividend', () => {
    const on = (...days: string[]) => days.map((day) => ({ session: `2026-02-${day}`, amount: 0.3 }));
    expect(warningsOf(on('02', '06'))).toEqual(['dividend_repeat 2026-02-06']);
    expect(warningsOf(on('02', '09', '16'))).toEqual([]);
    expect(warningsOf(on('02', '09', '16', '20', '27'))).toEqual([]); // one week with a holiday
    expect(warningsOf([on('02')[0]!, { session: '2026-02-03', amount: 0.32 }])).toEqual(['dividend_repeat 2026-02-03']);
    expect(warningsOf([on('02')[0]!, { session: '2026-02-03', amount: 1 }])).toEqual([]);
  });

  it('dividend_ratio_100 accepts a small supplement between regular dividends, and variable dividends', () => {
    const supplement = { session: '2026-12-08', amount: 0.006 };
    expect(warningsOf([...quarterly(0.5, 0.5, 0.55, 0.6), supplement])).toEqual([]);
    expect(warningsOf([...quarterly(0.1, 1.2, 2.4, 1.6), { ...supplement, amount: 0.014 }])).toEqual([]);
  });

  it('dividend_ratio_100 does not judge by dividends that prices refute', () => {
    const warnings = warningsOf(quarterly(50, 60, 55, 0.5));
    expect(warnings.filter((warning) => !warning.startsWith('dividend_size'))).toEqual([]);
  });

  it('dividend_ratio_10 finds a misplaced decimal point among equal dividends only', () => {
    expect(warningsOf(yearsOf(0.5, 0.5, 0.52, 5.2, 0.52, 0.52))).toEqual(['dividend_ratio_10 2024-11-10']);
    expect(warningsOf(yearsOf(0.5, 0.5, 0.52, 0.052, 0.52, 0.52))).toEqual(['dividend_ratio_10 2024-11-10']);
    expect(warningsOf(yearsOf(0.5, 0.2, 0.9, 9, 1.4, 0.52))).toEqual([]);
  });

  it('dividend_repeat looks as far as the usual interval allows', () => {
    const near = { session: '2026-02-20', amount: 0.5 };
    expect(warningsOf(inOrder([...quarterly(0.5, 0.5, 0.5), near]))).toEqual(['dividend_repeat 2026-02-20']);
    expect(warningsOf(inOrder([...quarterly(0.5, 0.5, 0.5), { ...near, amount: 0.3 }]))).toEqual([]);
  });

  it('dividend_extra finds a payment of the usual amount between two others of a schedule', () => {
    const extra = { session: '2025-03-28', amount: 0.5 };
    const regular = yearsOf(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    expect(warningsOf(inOrder([...regular, extra]))).toEqual(['dividend_extra 2025-03-28']);
    expect(warningsOf(inOrder([...regular, { ...extra, amount: 0.2 }]))).toEqual([]); // a supplement
  });

  it('dividend_gap finds a missing payment, but accepts a suspension and a cut', () => {
    const without = (amounts: number[], ...missing: number[]) =>
      yearsOf(...amounts).filter((_, i) => !missing.includes(i));
    const regular = Array.from({ length: 10 }, () => 0.5);
    expect(warningsOf(without(regular, 4))).toEqual(['dividend_gap 2025-05-10']);
    expect(warningsOf(without(regular, 4, 5, 6))).toEqual([]);
    expect(warningsOf(without([0.5, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3], 4))).toEqual([]);
  });

  it('dividend_size and dividend_too_small compare dividends with what the price does on other days', () => {
    const small = Array.from({ length: 8 }, () => 0.0002);
    expect(new Set(rulesAmongDays(small, 0.02))).toEqual(new Set(['dividend_too_small']));
    expect(rulesAmongDays(small, 0)).toEqual([]);
    const visible = Array.from({ length: 8 }, () => 0.05);
    expect(rulesAmongDays(visible, 0.04)).toEqual([]);
    expect(rulesAmongDays(visible, 0)).toEqual(visible.map(() => 'dividend_size'));
  });

  it('do not check sizes without prices', () => {
    expect(dividendWarnings(quarterly(0.5, 0.5, 50), { session: [], open: [], close: [] })).toEqual([]);
  });
});

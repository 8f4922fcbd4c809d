import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.js';
import { DAY, MINUTE } from './time.js';

describe('Ledger', () => {
  const bar = (time: number) => ({ symbol: 'SPY', interval: '1m' as const, times: [time] });

  it('records when a bar was first served, separately for each symbol and interval', () => {
    const ledger = new Ledger();
    ledger.record(bar(10 * MINUTE), 111);
    ledger.record(bar(10 * MINUTE), 222);
    expect(ledger.firstServed('SPY', '1m', 10 * MINUTE)).toBe(111);
    expect(ledger.firstServed('SPY', '1m', 11 * MINUTE)).toBeNull();
    expect(ledger.firstServed('MSFT', '1m', 10 * MINUTE)).toBeNull();
    expect(ledger.firstServed('SPY', '1d', 0)).toBeNull();
  });

  it('drops its oldest pages when there are too many, and counts them', () => {
    const ledger = new Ledger();
    for (let day = 0; day < 1_030; day++) ledger.record(bar(day * DAY), 1);
    expect(ledger.droppedPages).toBe(6);
    expect(ledger.firstServed('SPY', '1m', 0)).toBeNull();
    expect(ledger.firstServed('SPY', '1m', 1_029 * DAY)).toBe(1);
  });
});

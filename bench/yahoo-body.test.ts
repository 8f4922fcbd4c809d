import { describe, expect, it } from 'vitest';
import { calendarOf } from '../domain/calendars/index.js';
import { transform } from '../domain/transform/transform.js';
import { parseBars } from '../providers/yahoo/wire.js';
import { latestSessions } from './stocks.js';
import { yahooBody } from './yahoo-body.js';

const NOW = Date.UTC(2026, 5, 15, 12);

describe('the payloads of the benchmarks', () => {
  it('become one final bar for every minute of their sessions, without rejected ones', () => {
    const sessions = latestSessions(5, NOW);
    const window = { from: sessions[0]!.open, to: sessions.at(-1)!.close };
    const asset = { providerSymbol: 'T0000', timeframe: '1m' as const, window };
    const raw = parseBars(yahooBody('T0000', '1m', sessions, 7), asset);
    const calendar = calendarOf('XNYS');
    const context = { ...asset, symbol: 'T0000', currency: 'USD', calendar, now: NOW, settleMs: 0, delayMs: 0 };
    const { bars, rejected, ignored } = transform(raw, context);
    expect([bars.time.length, rejected, ignored]).toEqual([5 * 390, [], {}]);
  });

  it('are the same for the same seed', () => {
    const sessions = latestSessions(1, NOW);
    const body = (seed: number) => yahooBody('T0000', '1m', sessions, seed).toString();
    expect(body(1)).toBe(body(1));
    expect(body(1)).not.toBe(body(2));
  });
});

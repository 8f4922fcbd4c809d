import { describe, expect, it } from 'vitest';
import { FIRST_ASSETS } from '../../config/catalog/first-assets.js';
import { PIPELINES } from '../../config/catalog/schedules.js';
import { PROVIDERS, seriesLimits } from '../../config/catalog/providers.js';
import { calendarOf } from '../calendars/index.js';
import { slotEnd, slotsOf } from '../calendars/slots.js';
import { planLiveWindow } from './live-window.js';
import type { SeriesPlanInput, SessionCoverage } from './plan-input.js';
import { planWindows } from './plan-windows.js';
import { DAY, type StoredTimeframe } from '../timeframe.js';

const calendar = calendarOf('24/7');
const coins = FIRST_ASSETS.filter((asset) => asset.provider === 'coingecko');
const { gridMs, timeframes } = PIPELINES.crypto_20min;
const START = Date.parse('2026-12-01T00:00:00Z');
const DAYS = 31;
/** Share of requests that fail on the bad day, like a provider's worst hours. Each is retried until it succeeds. */
const FAILURE_SHARE = 0.4;

/** A small deterministic generator: the test must count the same calls every time. */
function mulberry32(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One series and its coverage, as load would record it. */
class Series {
  readonly coverage = new Map<string, SessionCoverage>();
  constructor(readonly timeframe: StoredTimeframe) {}

  input(asOf: number): SeriesPlanInput {
    const limits = seriesLimits('coingecko', this.timeframe);
    return {
      calendar,
      timeframe: this.timeframe,
      limits,
      delayMs: 0,
      coverage: this.coverage,
      beginsAt: null,
      range: { from: asOf - limits.reachMs!, to: asOf },
      asOf,
      now: asOf,
      wallNow: asOf,
    };
  }

  /** Marks every slot of the window that is final at `now` as filled. */
  fill(window: { from: number; to: number }, now: number): void {
    const { settleMs } = seriesLimits('coingecko', this.timeframe);
    for (const session of calendar.sessionsBetween(window.from, window.to)) {
      const known = this.coverage.get(session.date)?.filled;
      const slots = slotsOf(calendar.id, this.timeframe, session);
      const bits = slots.map((slot, i) => {
        const answered =
          slot >= window.from && slot < window.to && slotEnd(this.timeframe, session, slot) + settleMs <= now;
        return answered || known?.[i] === '1' ? '1' : '0';
      });
      this.coverage.set(session.date, {
        filled: bits.join(''),
        answered: bits.join(''),
        attempts: 0,
        empty: '',
        lost: '',
        verifiedAt: null,
        nextAttemptAt: null,
      });
    }
  }
}

describe('the monthly quota of the free CoinGecko plan', () => {
  it('covers the first backfill, all runs of 31 days and a day of failures, with a margin', () => {
    const random = mulberry32(7);
    let calls = 0;
    const request = (failing: boolean) => {
      do calls++;
      while (failing && random() < FAILURE_SHARE);
    };
    const series = coins.flatMap(() => timeframes.map((timeframe) => new Series(timeframe)));
    for (const one of series) {
      for (const window of planWindows(one.input(START))) {
        request(false);
        one.fill(window, START);
      }
    }
    const backfilled = calls;
    for (let asOf = START + gridMs; asOf <= START + DAYS * DAY; asOf += gridMs) {
      const failing = asOf > START + 10 * DAY && asOf <= START + 11 * DAY;
      request(failing); // live prices of all coins
      for (const one of series) {
        const window = planLiveWindow(one.input(asOf));
        if (!window) continue;
        request(failing);
        one.fill(window, asOf);
      }
    }
    expect(backfilled).toBe(coins.length * timeframes.length);
    expect(calls).toBeGreaterThan(8_000); // every candle was requested
    expect(calls).toBeLessThanOrEqual(9_500);
    expect(calls).toBeLessThan(PROVIDERS.coingecko.monthlyQuota!);
  });
});

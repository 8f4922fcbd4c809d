import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

/** Frankfurt closed five and a half hours ago, New York one. */
const frankfurt = calendarOf('XETR').sessionOn(SESSION.date)!;
const START = frankfurt.close + 5.5 * HOUR;
const newYork = calendarOf('XNYS')
  .sessionsBetween(START - 22 * DAY, START)
  .filter(({ close }) => close <= START - 10 * HOUR);
const iso = (time: number) => new Date(time).toISOString();
/** A minute of SPY that comes with high and low exchanged. */
const corrupt = newYork.at(-2)!.open + 100 * MINUTE;
/** NVDA trades for a third of each session, as it seems; in one of them for three minutes. */
const thin = newYork.slice(-12);
const thinnest = thin[4]!;

let market: Market;
beforeAll(async () => {
  market = await startMarket(START, ['SPY', 'NVDA', 'SIE.DE']);
  await market.page('/__corrupt', { symbol: 'SPY', from: iso(corrupt), to: iso(corrupt + MINUTE) });
  for (const { date, open, close } of thin) {
    const traded = date === thinnest.date ? 3 * MINUTE : (close - open) / 3;
    await market.page('/__outage', { symbol: 'NVDA', from: iso(open + traded), to: iso(close) });
  }
  await market.backfill({ timeframes: ['1d'], from: thin[0]!.date });
  // a week of the others is enough
  await market.live({ symbols: ['SPY', 'SIE.DE'] });
  await market.heal();
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

interface State {
  session: string;
  expected: number;
  filled: number;
  empty: number;
  pending: number;
  corrupt: number;
}
const states = (symbol: string, dates: string[]) =>
  market.rows<State>(
    `select session::text, expected, filled, empty, pending, corrupt from coverage
     where asset_id = $1 and timeframe = '1m' and session = any($2::date[]) order by session`,
    [market.assetId(symbol), dates],
  );
/** How often an asset was asked for a minute. */
async function asked(symbol: string, time: number): Promise<number> {
  const payloads = await market.rows(
    `select 1 from raw_payloads where asset_id = $1 and timeframe = '1m' and window_from <= $2 and window_to > $2`,
    [market.assetId(symbol), new Date(time)],
  );
  return payloads.length;
}
/** Heals by schedule, so much later. @returns what the run tells of what is missing */
async function healAfter(ms: number): Promise<string | null> {
  await market.advance(ms);
  return (await market.scheduled('heal_gaps')).reason;
}

describe('minutes without a trade', () => {
  const earlier = calendarOf('XETR').previousSession(frankfurt.date)!;
  /** Opens of the minutes without a trade. */
  const silent = async ({ open, close }: { open: number; close: number }) => {
    const traded = new Set((await market.truth('SIE.DE', '1m', open, close)).map(([time]) => Date.parse(time)));
    const minutes = Array.from({ length: (close - open) / MINUTE }, (_, i) => open + i * MINUTE);
    return minutes.filter((minute) => !traded.has(minute));
  };

  it('are pending until six hours after the close, and requested with a back-off', async () => {
    const [yesterday, today] = await states('SIE.DE', [earlier.date, frankfurt.date]);
    const minutes = await silent(frankfurt);
    expect(minutes.length).toBeGreaterThan(0);
    expect(yesterday).toMatchObject({ empty: (await silent(earlier)).length, pending: 0 });
    expect(today).toMatchObject({ empty: 0, pending: minutes.length });
    const before = await asked('SIE.DE', minutes[0]!);
    await market.pool.query(`update coverage set next_attempt_at = now() + interval '5 minutes' where pending > 0`);
    expect(await market.requestsDuring(() => market.scheduled('heal_gaps'))).toEqual({});
    const reason = await healAfter(10 * MINUTE);
    expect(reason).toMatch(/\d+ still pending \(.*\d+ null at provider.*\); next attempt /);
    expect(await asked('SIE.DE', minutes[0]!)).toBe(before + 1);
    expect((await states('SIE.DE', [frankfurt.date]))[0]).toMatchObject({ empty: 0, pending: minutes.length });
  });

  it('are then confirmed empty, and never requested again', async () => {
    await healAfter(frankfurt.close + 6 * HOUR + MINUTE - market.now);
    expect(await states('SIE.DE', [frankfurt.date])).toEqual([
      expect.objectContaining({ empty: (await silent(frankfurt)).length, pending: 0 }),
    ]);
    const requests = await market.requestsDuring(async () => {
      await market.heal();
      await market.live();
    });
    expect(requests).not.toHaveProperty(['/v8/finance/chart/SIE.DE']);
  });
});

describe('a series that rarely trades', () => {
  it('is as empty as usual, except for a session with less than half its usual bars', async () => {
    const found = await states(
      'NVDA',
      thin.map(({ date }) => date),
    );
    expect(found).toHaveLength(thin.length);
    for (const { session, expected, filled, empty, pending } of found) {
      if (session === thinnest.date) expect([filled, empty, pending]).toEqual([3, 0, expected - 3]);
      else expect([filled, empty, pending]).toEqual([expected / 3, (2 * expected) / 3, 0]);
    }
  });
});

describe('a bar that is corrupt at the provider', () => {
  const state = async () => {
    const { date } = calendarOf('XNYS').sessionAt(corrupt)!;
    const [{ expected, filled, ...rest } = {} as State] = await states('SPY', [date]);
    return { missing: expected - filled, pending: rest.pending, corrupt: rest.corrupt };
  };

  it('is pending while the same values came again within six hours', async () => {
    expect(await asked('SPY', corrupt)).toBeGreaterThan(1);
    expect(await state()).toEqual({ missing: 1, pending: 1, corrupt: 0 });
  });

  it('is unobtainable when they came again after six hours, and requested once a day', async () => {
    expect(await healAfter(START + 6 * HOUR + 10 * MINUTE - market.now)).toContain('1 unobtainable (1 corrupt)');
    expect(await state()).toEqual({ missing: 1, pending: 0, corrupt: 1 });
    const before = await asked('SPY', corrupt);
    await healAfter(12 * HOUR);
    expect(await asked('SPY', corrupt)).toBe(before);
    await healAfter(13 * HOUR);
    expect(await asked('SPY', corrupt)).toBe(before + 1);
  });

  it('is stored when the provider sends a valid one', async () => {
    await market.page('/__corrupt', { clear: 1 });
    await healAfter(25 * HOUR);
    expect(await state()).toEqual({ missing: 0, pending: 0, corrupt: 0 });
    expect((await market.compare('SPY', '1m', corrupt, corrupt + MINUTE)).wrong).toEqual([]);
  });
});

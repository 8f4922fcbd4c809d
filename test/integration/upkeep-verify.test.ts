import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

const last = SESSION;
const START = last.close + 10 * MINUTE;
const sessions = calendarOf('XNYS').sessionsBetween(START - 29 * DAY, last.close);
const [first] = sessions as [(typeof sessions)[0]];
/** Neither a day nor whole weeks old in the next two days. */
const older = sessions.find(({ close }) => close > START - 12.5 * DAY)!;
const [late, old] = [last, older].map(({ open }) => open + 100 * MINUTE) as [number, number];

let market: Market;
beforeAll(async () => {
  market = await startMarket(START, ['SPY']);
  await market.backfill({ from: first.date });
});
afterEach(() => market?.settle());
afterAll(() => market?.close());

/** Windows of minutes that were asked for while something was done. */
async function minutesAskedDuring(work: () => Promise<unknown>): Promise<{ from: number; to: number }[]> {
  const [{ before } = { before: 0 }] = await market.rows<{ before: number }>(
    'select max(id)::int as before from raw_payloads',
  );
  await work();
  return market.rows(
    `select extract(epoch from window_from)::float8 * 1000 as from, extract(epoch from window_to)::float8 * 1000 as to
     from raw_payloads where id > $1 and timeframe = '1m'`,
    [before],
  );
}
/** Requests of a verification by schedule. */
const verifyDue = () => market.requestsDuring(() => market.scheduled('verify_bars'));
/** The provider corrects a minute, within the day's range. @returns its close before and after */
async function revise(time: number): Promise<[before: number, after: number]> {
  const [bar] = await market.stored('SPY', '1m', time, time + MINUTE);
  await market.page('/__revise', { symbol: 'SPY', at: new Date(time).toISOString(), close: bar![1] });
  return [bar![4], bar![1]];
}
const closeOf = async (time: number) => (await market.stored('SPY', '1m', time, time + MINUTE))[0]![4];
/** Past versions of a bar, each beside what replaced it. */
const revisionsOf = (time: number) =>
  market.rows(
    `select r.close, r.payload_id < b.payload_id and r.replaced_by_payload = b.payload_id as by_payload,
       r.recorded_at < r.replaced_at and r.replaced_at = b.recorded_at as in_turn
     from bar_revisions r join bars b using (asset_id, timeframe, time) where time = $1 and timeframe = '1m'`,
    [new Date(time)],
  );

describe('a verification by schedule', () => {
  it('requests nothing until a session has been closed for half an hour', async () => {
    expect(await verifyDue()).toEqual({});
    expect(await market.scheduled('verify_bars')).toMatchObject({ status: 'skipped', reason: 'nothing is due' });
  });

  it('then requests the session, once', async () => {
    await market.advanceTo(last.close + 31 * MINUTE);
    const asked = await minutesAskedDuring(() => market.scheduled('verify_bars'));
    expect(asked).toEqual([{ from: last.open - 10 * MINUTE, to: last.close }]);
    expect(await verifyDue()).toEqual({});
  });

  it('requests it again on the next day, and keeps the versions before and after a correction', async () => {
    const [before, after] = await revise(late);
    const [unseen] = await revise(old);
    await market.advanceTo(last.close + DAY + MINUTE);
    expect(await market.scheduled('verify_bars')).toMatchObject({
      status: 'succeeded',
      rowsInserted: 0,
      rowsUpdated: 1,
    });
    expect(await closeOf(late)).toBe(after);
    expect(await revisionsOf(late)).toEqual([{ close: before, by_payload: true, in_turn: true }]);
    expect(await closeOf(old)).toBe(unseen);
    expect(await verifyDue()).toEqual({});
  });

  it('recomputes the indicators after a correction', async () => {
    const [row] = await market.rows<{ stored: number[]; expected: number[] }>(
      `select array_agg(sma_20 order by time) filter (where time >= $1) as stored,
         array_agg(mean order by time) filter (where time >= $1) as expected
       from (select time, sma_20, avg(close) over (order by time rows 19 preceding) as mean from bars where timeframe = '1m' and session = $3) s
       where time < $2`,
      [new Date(late), new Date(late + 30 * MINUTE), last.date],
    );
    expect(row!.stored).toHaveLength(30);
    row!.stored.forEach((stored, i) => expect(stored).toBeCloseTo(row!.expected[i]!, 9));
  });

  it('requests each session once a week, for up to 29 days', async () => {
    await market.advanceTo(last.close + 8 * DAY + HOUR);
    const young = sessions.filter(({ open }) => open > market.now - 29 * DAY).map(({ date }) => date);
    expect(Object.values(await verifyDue())[0]).toBeGreaterThan(3);
    const verified = await market.rows<{ session: string }>(
      `select session::text from coverage where timeframe = '1m' and verified_at > now() - interval '1 hour' order by 1`,
    );
    expect(verified.map(({ session }) => session)).toEqual(young);
    expect(young.length).toBeLessThan(sessions.length);
    expect(await revisionsOf(old)).toHaveLength(1);
    expect(await verifyDue()).toEqual({});
  });
});

describe('a verification by hand', () => {
  it('requests everything that the provider has', async () => {
    const [before, after] = await revise(late + MINUTE);
    const reach = market.now - 29.5 * DAY;
    const kept = sessions.filter(({ open }) => open > reach);
    const requests = await market.requestsDuring(() => market.verify());
    expect(requests['/v8/finance/chart/SPY']).toBeGreaterThanOrEqual(
      Math.ceil((last.close - kept[0]!.open) / (7 * DAY)),
    );
    expect(await closeOf(late + MINUTE)).toBe(after);
    expect(await revisionsOf(late + MINUTE)).toEqual([{ close: before, by_payload: true, in_turn: true }]);
    const { wrong, right } = await market.compare('SPY', '1m', kept[0]!.open, last.close);
    expect([wrong, right > 3_000]).toEqual([[], true]);
    expect(await market.verify()).toMatchObject({ status: 'succeeded', rowsUpdated: 0 });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR } from '../../domain/timeframe.js';
import { type Market, SESSION, startMarket } from '../environment/market.js';

const SYMBOLS = ['SPY', 'NVDA'];
const last = SESSION;
/** Late enough for empty slots to be confirmed. */
const now = last.close + 10 * HOUR;
/** As far back as Yahoo gives minutes, whole ones. */
const sessions = calendarOf('XNYS').sessionsBetween(now - 29 * DAY, last.close);
const { open: from, date: firstDate } = sessions[0]!;

let market: Market;
beforeAll(async () => {
  market = await startMarket(now, SYMBOLS);
  await market.backfill({ from: firstDate });
});
// and whole again, as the next test expects it
afterEach(async () => {
  if (await market?.settle()) await market.heal();
});
afterAll(() => market?.close());

/** All that is stored of a bar, but which run and which of several equal answers brought it. */
const COLUMNS = `asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
  recorded_at`;
/** Keeps all bars beside, to compare with. */
const remember = () =>
  market.pool.query(`drop table if exists remembered; create table remembered as select ${COLUMNS} from bars`);
/** Some of the bars that are otherwise than remembered, or only on one side. */
const changes = () =>
  market.rows(
    `(select 'gone' as how, r.* from (select * from remembered except select ${COLUMNS} from bars) r limit 2) union all
     (select 'new', b.* from (select ${COLUMNS} from bars except select * from remembered) b limit 2)`,
  );

async function expectWhole(symbols = SYMBOLS): Promise<void> {
  for (const symbol of symbols) {
    const minutes = await market.compare(symbol, '1m', from, last.close);
    expect([minutes.wrong.slice(0, 2), minutes.right]).toEqual([[], minutes.right]);
    expect(minutes.right).toBeGreaterThan(6_000);
    const days = await market.compare(symbol, '1d', Date.parse(firstDate), last.close);
    expect([days.wrong, days.right]).toEqual([[], sessions.length]);
  }
  const [states] = await market.rows(
    'select sum(pending)::int as pending, sum(empty)::int as empty, sum(bit_count(lost_slots))::int as lost from coverage',
  );
  expect(states).toEqual({ pending: 0, empty: 0, lost: 0 });
  expect(await market.rows('select 1 from bar_revisions')).toEqual([]);
}

/** A third of all minutes, three whole sessions of each asset, and a day. */
async function deleteMany(): Promise<void> {
  const whole = [sessions[0]!, sessions[9]!, last].map(({ date }) => date);
  const { rowCount } = await market.pool.query(
    `delete from bars where timeframe = '1m' and (session = any($1::date[]) or hashint8(extract(epoch from time)::bigint + asset_id) % 3 = 0)
      or timeframe = '1d' and session = $2 and asset_id = $3`,
    [whole, sessions[5]!.date, market.assetId('SPY')],
  );
  expect(rowCount).toBeGreaterThan(5_000);
}

describe('a test that runs into its limit', () => {
  it('leaves nothing running for the next one', async () => {
    const hanging = market.run('NoSuchWorkflow', {});
    expect(await market.settle()).toBe(true);
    await hanging;
    expect(await market.settle()).toBe(false);
  });
});

describe('a heal', () => {
  it('is skipped if nothing is missing', async () => {
    await expectWhole();
    expect(await market.heal()).toMatchObject({ status: 'skipped', reason: 'nothing to request' });
  });

  it('restores many bars from stored payloads, unchanged, without a request', async () => {
    // most bars came twice, as in the overlaps of live runs
    await market.verify({ timeframes: ['1m'] });
    await remember();
    await deleteMany();
    let result: object = {};
    const requests = await market.requestsDuring(async () => {
      result = await market.heal();
    });
    expect(requests).toEqual({});
    expect(result).toMatchObject({ status: 'succeeded', rowsUpdated: 0, rowsRejected: 0, reason: null });
    expect(await changes()).toEqual([]);
    await expectWhole();
  });

  it('ends in the same state if workers die after each step, before they can report it', async () => {
    await remember();
    await deleteMany();
    const result = await market.losingResults(() => market.heal());
    expect(result).toMatchObject({ status: 'succeeded', rowsUpdated: 0, reason: null });
    expect(await changes()).toEqual([]);
    await expectWhole();
  });

  it('requests what no payload holds, at most once per asset and seven days', async () => {
    await deleteMany();
    await market.pool.query('update raw_payloads set body = null');
    const requests = await market.requestsDuring(() => market.heal());
    const weeks = Math.ceil((last.close - from) / (7 * DAY));
    // and one of SPY for the day
    expect(requests).toEqual({ '/v8/finance/chart/SPY': weeks + 1, '/v8/finance/chart/NVDA': weeks });
    await expectWhole();
  });

  it('leaves a session pending while the provider has no bars of it, and fills it once it has', async () => {
    const { date, open, close } = sessions[12]!;
    const spy = market.assetId('SPY');
    const state = () =>
      market.rows(
        `select filled, empty, pending from coverage where asset_id = $1 and timeframe = '1m' and session = $2`,
        [spy, date],
      );
    await market.pool.query(`delete from bars where asset_id = ${spy} and timeframe = '1m' and session = '${date}'`);
    await market.pool.query(
      `with gone as (delete from raw_payloads where asset_id = $1 and timeframe = '1m' and window_from < $3 and window_to > $2 returning id)
       delete from batches where payload_id in (select id from gone)`,
      [spy, new Date(open), new Date(close)],
    );
    await market.page('/__outage', {
      symbol: 'SPY',
      from: new Date(open).toISOString(),
      to: new Date(close).toISOString(),
    });
    const expected = (close - open) / 60_000;
    expect(await market.heal()).toMatchObject({ reason: expect.stringContaining(`${expected} still pending`) });
    expect(await state()).toEqual([{ filled: 0, empty: 0, pending: expected }]);
    await market.page('/__outage', { clear: 1 });
    expect(await market.heal()).toMatchObject({ status: 'succeeded', rowsInserted: expected, reason: null });
    expect(await state()).toEqual([{ filled: expected, empty: 0, pending: 0 }]);
    await expectWhole();
  });

  it('fills in a new asset, as far back as its provider reaches', async () => {
    await market.pool.query(`update assets set active = true where symbol = 'PLTR'`);
    expect(await market.heal()).toMatchObject({ status: 'succeeded', assetsOk: 1, reason: null });
    await expectWhole(['PLTR']);
  });
});

import { beforeEach, expect, it } from 'vitest';
import { priceComparison } from '../../activities/compare-prices.js';
import type { SamePrices } from '../../contracts/look-up.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { DAY } from '../../domain/timeframe.js';
import { createProviders } from '../../providers/index.js';
import { readEnv } from '../../config/env.js';
import { useStore } from '../environment/store.js';

const store = useStore();
const { yahoo, coingecko } = createProviders(readEnv({}));

/** The last days before its ticker fell silent, half a year ago. */
const days = ['2026-05-26', '2026-05-27', '2026-05-28', '2026-05-29'].map((date) => Date.parse(date));
let silent: number;

beforeEach(async () => {
  silent = store.assetId('SPY');
  await store.pool.query(
    `insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at)
      select $1, '1d', day, (day at time zone 'UTC')::date, close, close, close, close, 1, 1, gen_random_uuid(), now(), now()
        from unnest($2::timestamptz[], $3::float8[]) one (day, close)`,
    [silent, days.map((day) => new Date(day)), days.map((_, i) => 100 + i * i)],
  );
});

/** A chart of Yahoo with daily closes at 14:30Z. */
const chart = (closes: readonly (readonly [day: number, close: number])[]) => {
  const cells = closes.map(([, close]) => close);
  const meta = { symbol: 'NEW', currency: 'USD', exchangeName: 'NYQ', exchangeTimezoneName: 'America/New_York' };
  const timestamp = closes.map(([day]) => day / 1_000 + 14.5 * 3_600);
  const quote = [{ open: cells, high: cells, low: cells, close: cells, volume: cells.map(() => 1) }];
  return Buffer.from(JSON.stringify({ chart: { result: [{ meta, timestamp, indicators: { quote } }], error: null } }));
};

const compared = async (closeOf: (i: number) => number): Promise<SamePrices> => {
  const { request, compare } = (await priceComparison(store.pool, yahoo, silent, 'NEW'))!;
  const asked = days.filter((day) => day >= request.window.from && day + DAY <= request.window.to);
  return compare(chart(asked.map((day, i) => [day, closeOf(i)])));
};

it('a symbol is compared on the last days that are stored, however long ago', async () => {
  expect(await compared((i) => 100 + i * i)).toMatchObject({ areSame: true });
  expect(await compared((i) => (100 + i * i) / 4)).toMatchObject({ areSame: true }); // a split
  expect(await compared((i) => 50 - i)).toEqual({
    areSame: false,
    last: { day: utcDate(days.at(-1)!), own: 109, other: 47 },
  });
});

it('nothing is asked where no day can be compared', async () => {
  expect(await priceComparison(store.pool, yahoo, store.assetId('NVDA'), 'NEW')).toBeNull();
  expect(await priceComparison(store.pool, coingecko, silent, 'new')).toBeNull();
});

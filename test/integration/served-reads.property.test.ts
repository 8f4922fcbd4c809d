import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type pg from 'pg';
import { connect } from '../../db/client.js';
import { specOf, type SeriesSpec } from '../../api/series/series-spec.js';
import { readServed, type Part } from '../../api/series/served-bars.js';
import { servedIndicatorsOf } from '../../api/series/served-indicators.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { casesOf } from '../long-tests.js';
import { createTestDatabase } from '../environment/database.js';

/** Half hours of five days around the clock: an indicator looks back over more than a day. */
const SLOTS = Array.from({ length: 5 * 48 }, (_, i) => Date.parse('2026-11-20T00:00Z') + i * 1_800_000);
const SOURCES = 3;
const calendar = calendarOf('24/7');
const sessionOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const previous = (session: string) => calendar.previousSession(session)?.date ?? null;

/** A bar of a source: its close tells both. */
const closeOf = (source: number, slot: number) => 100 + ((slot * 37) % 101) + source / 10;

let pool: pg.Pool;
let drop: () => Promise<void>;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  pool = connect(test.url, { max: 1 }).pool;
});
afterAll(async () => {
  await pool.end();
  await drop();
});

/** Indicators of all bars of one list of slots, one by one. */
function indicatorsOf(bars: readonly { slot: number; close: number }[]) {
  const sessions = bars.map(({ slot }) => sessionOf(SLOTS[slot]!));
  return storedIndicators({
    ...{ closes: bars.map(({ close }) => close), sessions, from: 0, previousSession: previous, closeBefore: null },
  });
}

async function store(has: readonly (readonly boolean[])[]): Promise<void> {
  await pool.query('truncate bars');
  for (const [source, slots] of has.entries()) {
    const bars = slots.flatMap((is, slot) => (is ? [{ slot, close: closeOf(source, slot) }] : []));
    const { sma20, sma50, barReturn, dailyReturn } = indicatorsOf(bars);
    await pool.query(
      `insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
        payload_id, run_id, fetched_at, recorded_at)
      select $1, '30m', t, (t at time zone 'UTC')::date, c, c, c, c, 1, s20, s50, br, dr, 1, gen_random_uuid(), now(), now()
      from unnest($2::timestamptz[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[]) x (t, c, s20, s50, br, dr)`,
      [
        ...[source + 1, bars.map(({ slot }) => new Date(SLOTS[slot]!)), bars.map(({ close }) => close)],
        ...[sma20, sma50, barReturn, dailyReturn],
      ],
    );
  }
}

/** A source with some bars: dense, sparse, or none for a while. */
const presence = fc
  .tuple(
    fc.constantFrom(0, 0.1, 0.9, 0.98, 1),
    fc.nat(SLOTS.length),
    fc.nat(100),
    fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  )
  .map(([density, from, length, numbers]) =>
    SLOTS.map((_, slot) => (slot < from || slot >= from + length) && numbers.next().value < density),
  );
const edge = fc.option(
  fc.nat(SLOTS.length - 1).map((slot) => SLOTS[slot]!),
  { freq: 2 },
);
const part: fc.Arbitrary<Part> = fc.record({
  from: edge,
  to: edge,
  newest: fc.boolean(),
  limit: fc.constantFrom(1, 7, 60, 1_000),
});

const specWith = (count: number): SeriesSpec => {
  const asset = {
    id: 1,
    symbol: 'BTC',
    assetClass: 'crypto',
    provider: 'coingecko',
    exchange: '24/7',
    rank: 1,
  } as AssetRow;
  const sources = Array.from({ length: count }, (_, i) => ({ ...asset, id: i + 1, rank: i + 1 }));
  const window = {
    timeframe: '30m',
    from: null,
    to: null,
    newest: true,
    descending: false,
    asOf: null,
    adjustment: 'split',
  };
  return specOf(asset, sources, window as SeriesSpec['window'], null, Date.parse('2026-11-30T00:00Z'));
};

describe('what is read of several sources at once', () => {
  it('equals what a naive search and all closes give, for any part', async () => {
    const reader = new BarReader(pool);
    await fc.assert(
      fc.asyncProperty(
        fc.array(presence, { minLength: 1, maxLength: SOURCES }),
        fc.array(part, { minLength: 8, maxLength: 8 }),
        async (has, parts) => {
          await store(has);
          const spec = specWith(has.length);
          const all = SLOTS.flatMap((time, slot) => {
            const source = has.findIndex((slots) => slots[slot]);
            return source === -1 ? [] : [{ time, slot, source, close: closeOf(source, slot) }];
          });
          const indicators = indicatorsOf(all);
          for (const asked of parts) {
            const { from, to, newest, limit } = asked;
            const inside = all.flatMap(({ time }, i) => (time >= (from ?? 0) && time < (to ?? Infinity) ? [i] : []));
            const wanted = newest ? inside.slice(-limit) : inside.slice(0, limit);
            const sources = wanted.map((i) => all[i]!.source);
            const times = wanted.map((i) => all[i]!.time);
            const closes = wanted.map((i) => all[i]!.close);
            const isMixed = sources.some((source) => source > 0);

            const served = await readServed(reader, spec, asked);
            expect([served.bars.time, served.bars.close]).toEqual([times, closes]);
            expect(served.source ?? sources.map(() => 0)).toEqual(sources);
            expect(served.source === null || isMixed || served.source.every((source) => source === 0)).toBe(true);

            const { indicators: read, source } = await servedIndicatorsOf(reader, spec, asked);
            expect([read.time, read.close, source ?? sources.map(() => 0)]).toEqual([times, closes, sources]);
            for (const column of ['sma20', 'sma50', 'barReturn', 'dailyReturn'] as const)
              expect(read[column].map(rounded)).toEqual(wanted.map((i) => rounded(indicators[column][i]!)));
          }
        },
      ),
      { numRuns: casesOf(400, 25) },
    );
  });
});

const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(9)));

import { beforeAll, describe, expect, it } from 'vitest';
import { compareDays } from '../../db/repositories/upkeep/daily-differences.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { loadPayload, type Minute } from '../factories.js';

const store = useStore();

const session = calendarOf('XNYS').sessionOn('2026-11-27')!; // a half day: 210 minutes
const SINCE = '2026-11-01';
const AFTER = session.close + HOUR;
const minutes: Minute[] = Array.from({ length: 210 }, (_, i) => ({
  time: session.open + i * MINUTE,
  close: 100 + (i % 7),
}));

let spy: number;

beforeAll(() => {
  spy = store.assetId('SPY');
});

const differences = async () =>
  (
    await store.pool.query(
      `select session::text, open, high, low, close, volume, minutes, expected from daily_differences`,
    )
  ).rows as Record<string, unknown>[];

/** What the factory makes of a close: open the same, high one above, low a half below, volume 100. */
async function storeMinutes(rows: Minute[], fetchedAt = AFTER): Promise<void> {
  await loadPayload(store.pool, spy, {
    fetchedAt,
    window: { from: session.open, to: session.close },
    minutes: rows,
  });
}

async function storeDay(day: { open: number; high: number; low: number; close: number; volume: number | null }) {
  await store.pool.query(
    `insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, payload_id, run_id, fetched_at, recorded_at)
      values ($1, '1d', $2::date::timestamp at time zone 'UTC', $2::date, $3, $4, $5, $6, $7, 1, gen_random_uuid(), now(), now())
      on conflict (asset_id, timeframe, time) do update set open = $3, high = $4, low = $5, close = $6, volume = $7`,
    [spy, session.date, day.open, day.high, day.low, day.close, day.volume],
  );
}
const DAY = { open: 100, high: 107, low: 99.5, close: 106, volume: 21_000 };

describe('a daily bar compared with its minutes', () => {
  it('has no difference if the minutes add up to the day', async () => {
    await storeMinutes(minutes);
    await storeDay({ ...DAY, close: minutes.at(-1)!.close });
    expect(await compareDays(store.pool, { since: SINCE })).toBe(1);
    expect(await differences()).toEqual([
      { session: '2026-11-27', open: 0, high: 0, low: 0, close: 0, volume: 0, minutes: 210, expected: 210 },
    ]);
  });

  it('differs by a fraction of the day, a missing minute included', async () => {
    await storeMinutes(minutes.slice(1));
    await storeDay({ open: 80, high: 200, low: 79, close: 160, volume: 20_000 });
    await compareDays(store.pool, { since: SINCE });
    const [row] = await differences();
    expect(row).toMatchObject({ open: 101 / 80 - 1, high: 107 / 200 - 1, low: 99.5 / 79 - 1, minutes: 209 });
    expect(row!.close).toBe(minutes.at(-1)!.close / 160 - 1);
    expect(row!.volume).toBeCloseTo(20_900 / 20_000 - 1, 12);
  });

  it('has no volume difference if the day or a minute has no volume', async () => {
    await storeMinutes(minutes);
    await storeDay({ ...DAY, volume: null });
    await compareDays(store.pool, { since: SINCE });
    expect((await differences())[0]!.volume).toBeNull();
    await storeDay(DAY);
    await store.pool.query(`update bars set volume = null where timeframe = '1m' and time = $1`, [
      new Date(session.open),
    ]);
    await store.pool.query('update coverage set dirty = false');
    await compareDays(store.pool, { since: SINCE });
    expect((await differences())[0]!.volume).toBeNull();
  });

  it('is written only if a difference changed', async () => {
    await storeMinutes(minutes);
    await storeDay(DAY);
    expect(await compareDays(store.pool, { since: SINCE })).toBe(1);
    expect(await compareDays(store.pool, { since: SINCE })).toBe(0);
    await storeDay({ ...DAY, high: 108 });
    expect(await compareDays(store.pool, { since: SINCE })).toBe(1);
    expect((await differences())[0]!.high).toBe(107 / 108 - 1);
  });

  it('waits for a payload of the whole session', async () => {
    const noon = session.open + 2 * HOUR;
    await storeMinutes(minutes.slice(0, 100), noon);
    await storeDay(DAY);
    expect(await compareDays(store.pool, { since: SINCE })).toBe(0);
    await storeMinutes(minutes);
    expect(await compareDays(store.pool, { since: SINCE })).toBe(1);
  });

  it('is skipped for sessions changed by SQL or before the given one, and for an asset between two price levels', async () => {
    await storeMinutes(minutes);
    await storeDay(DAY);
    expect(await compareDays(store.pool, { since: '2026-11-28' })).toBe(0);
    await store.pool.query(
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since)
        values ($1, 'split', '2026-11-27', 10, 1, 1, now())`,
      [spy],
    );
    expect(await compareDays(store.pool, { since: SINCE })).toBe(0);
    await store.pool.query('update corporate_actions set applied_at = now()');
    await store.pool.query('update coverage set dirty = true');
    expect(await compareDays(store.pool, { since: SINCE })).toBe(0);
    await store.pool.query('update coverage set dirty = false');
    expect(await compareDays(store.pool, { since: SINCE })).toBe(1);
  });
});

import type pg from 'pg';
import type { CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import { rulesOf } from '../../config/catalog/series-rules.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { type DueSession, dueSessions } from '../../domain/coverage/due-sessions.js';
import type { CoverageBits } from '../../domain/coverage/slot-state.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';

/** In sessions of Frankfurt and New York; after them, with the reach of minutes ending inside a session; on a Sunday. */
export const CLOCKS = ['2026-11-24T15:30:20Z', '2026-11-25T06:00:00Z', '2026-11-22T12:00:00Z', '2026-11-27T17:59:30Z'];

/** Numbers below 1, the same for the same seed. */
export function randomNumbers(state: number): () => number {
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const bitsOf = (slots: number, isSet: (slot: number) => boolean): string =>
  Array.from({ length: slots }, (_, slot) => (isSet(slot) ? '1' : '0')).join('');

function randomRow(random: () => number, slots: number): CoverageBits {
  const fullness = [1, 1, 0.99, 0.6, 0.3, 0][Math.floor(random() * 6)]!;
  const filled = bitsOf(slots, () => random() < fullness);
  const where = (bits: string, share: number) => bitsOf(slots, (slot) => bits[slot] === '0' && random() < share);
  return {
    filled,
    answered: bitsOf(slots, (slot) => filled[slot] === '1' || random() < 0.7),
    empty: where(filled, [0, 0.5, 1][Math.floor(random() * 3)]!),
    lost: where(filled, random() < 0.2 ? 0.3 : 0),
    corrupt: where(filled, random() < 0.2 ? 0.3 : 0),
    asUsual: random() < 0.2,
  };
}

/** What is stored of one session. */
export interface RandomSession {
  due: DueSession;
  slots: number[];
  /** Slots before the first bar of the series. */
  first: number;
  row: CoverageBits | undefined;
  rejected: ReadonlySet<number>;
}

/** Fills the tables at random. @returns the due sessions of each series that has begun */
export async function fillCoverage(
  pool: pg.Pool,
  random: () => number,
  all: readonly CoveredSeries[],
  now: number,
): Promise<Map<CoveredSeries, RandomSession[]>> {
  await pool.query('truncate coverage, series, rejected_bars restart identity');
  const filled = new Map<CoveredSeries, RandomSession[]>();
  for (const series of all) {
    if (random() < 0.2) continue;
    const firstBar = await beginSeries(pool, random, series, now);
    const rows: unknown[][] = [];
    const rejectedTimes: Date[] = [];
    const sessions = dueSessions(rulesOf(series), firstBar, now).map((due): RandomSession => {
      const slots = slotsOf(series.exchange, series.timeframe, due.session);
      const first = slots.filter((slot) => slot < firstBar).length;
      const row = random() < 0.85 ? randomRow(random, slots.length) : undefined;
      const rejected = new Set([...slots.keys()].filter(() => random() < 0.01));
      for (const slot of rejected) rejectedTimes.push(new Date(slots[slot]!));
      if (row)
        rows.push([
          due.session.date,
          slots.length,
          row.filled,
          row.answered,
          row.empty,
          row.lost,
          row.corrupt,
          row.asUsual,
        ]);
      return { due, slots, first, row, rejected };
    });
    await insertRows(pool, series, rows, rejectedTimes);
    filled.set(series, sessions);
  }
  return filled;
}

/** First bars lie up to 45 days back, at any slot of a session. */
async function beginSeries(pool: pg.Pool, random: () => number, series: CoveredSeries, now: number): Promise<number> {
  const rules = rulesOf(series);
  const sessions = dueSessions(rules, now - 45 * 86_400_000, now);
  const session = sessions[Math.floor(random() * sessions.length)]!;
  const slots = slotsOf(series.exchange, series.timeframe, session.session).slice(0, session.due);
  const firstBar = random() < 0.5 ? slots[0]! : slots[Math.floor(random() * slots.length)]!;
  await pool.query(`insert into series (asset_id, timeframe, first_bar) values ($1, $2, $3)`, [
    series.assetId,
    series.timeframe,
    new Date(firstBar),
  ]);
  return firstBar;
}

async function insertRows(
  pool: pg.Pool,
  { assetId, timeframe }: CoveredSeries,
  rows: unknown[][],
  rejected: Date[],
): Promise<void> {
  const column = (i: number) => rows.map((row) => row[i]);
  await pool.query(
    `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
      as_usual, updated_at)
    select $1, $2, x.session, x.n, x.f::varbit, x.a::varbit, x.e::varbit, x.l::varbit, x.c::varbit, x.u, now()
    from unnest($3::date[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bool[]) x(session, n, f, a, e, l, c, u)`,
    [assetId, timeframe, ...[0, 1, 2, 3, 4, 5, 6, 7].map(column)],
  );
  await pool.query(
    `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw)
    select $4, $1, $2, x.time, x.n, 'ohlc_order', '{}' from unnest($3::timestamptz[]) with ordinality x(time, n)`,
    [assetId, timeframe, rejected, 10 * assetId + STORED_TIMEFRAMES.indexOf(timeframe)],
  );
}

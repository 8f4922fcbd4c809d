import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  readSessionStates,
  type SessionStates,
  summariseCoverage,
} from '../../db/repositories/coverage/coverage-states.js';
import { coveredSeries, type CoveredSeries, rulesOf } from '../../db/repositories/coverage/covered-series.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { dueSessions } from '../../domain/coverage/due-sessions.js';
import { type CoverageBits, countStates } from '../../domain/coverage/slot-state.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';

const store = useStore({ isEmptied: false });

/** In sessions of Frankfurt and New York; after them, with the reach of minutes ending inside a session; on a Sunday. */
const CLOCKS = ['2026-11-24T15:30:20Z', '2026-11-25T06:00:00Z', '2026-11-22T12:00:00Z', '2026-11-27T17:59:30Z'];

/** Numbers below 1, the same for the same seed. */
function randomNumbers(state: number): () => number {
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

type Expected = Omit<SessionStates, 'attempts' | 'nextAttemptAt' | 'verifiedAt'>;

/** Fills the tables at random. @returns what each expected session must be told as, by key */
async function fill(random: () => number, now: number): Promise<Map<string, Expected>> {
  const { pool } = store;
  await pool.query('truncate coverage, series, rejected_bars restart identity');
  const expected = new Map<string, Expected>();
  for (const series of await coveredSeries(pool, { timeframes: ['1m', '30m', '4h', '4d'] })) {
    if (random() < 0.2) continue;
    const firstBar = await beginSeries(random, series, now);
    const rows: unknown[][] = [];
    const rejectedTimes: Date[] = [];
    const rules = rulesOf(series);
    for (const due of dueSessions(rules, firstBar, now)) {
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
      if (first >= due.due) continue;
      const counts = countStates(row, { ...due, first }, rejected);
      const of = (state: Parameters<typeof counts.get>[0]) => counts.get(state) ?? 0;
      const pending = of('not_asked') + of('null_at_provider') + of('rejected') + of('lost');
      const firstPending = slots.findIndex((_, i) => {
        const state =
          i >= first && i < due.due
            ? countStates(row, { first: i, due: i + 1, beyond: due.beyond }, rejected)
            : new Map();
        return ['not_asked', 'null_at_provider', 'rejected', 'lost'].some((reason) => state.has(reason));
      });
      expected.set(`${series.symbol} ${series.timeframe} ${due.session.date}`, {
        assetId: series.assetId,
        session: due.session.date,
        expected: due.due - first,
        filled: of('filled'),
        empty: of('empty'),
        pending,
        unobtainable: of('corrupt') + of('out_of_reach'),
        reasons: {
          not_asked: of('not_asked'),
          null_at_provider: of('null_at_provider'),
          rejected: of('rejected'),
          lost: of('lost'),
          corrupt: of('corrupt'),
          out_of_reach: of('out_of_reach'),
        },
        firstPending: firstPending < 0 ? null : slots[firstPending]!,
      });
    }
    await insertRows(series, rows, rejectedTimes);
  }
  return expected;
}

/** First bars lie up to 45 days back, at any slot of a session. */
async function beginSeries(random: () => number, series: CoveredSeries, now: number): Promise<number> {
  const rules = rulesOf(series);
  const sessions = dueSessions(rules, now - 45 * 86_400_000, now);
  const session = sessions[Math.floor(random() * sessions.length)]!;
  const slots = slotsOf(series.exchange, series.timeframe, session.session).slice(0, session.due);
  const firstBar = random() < 0.5 ? slots[0]! : slots[Math.floor(random() * slots.length)]!;
  await store.pool.query(`insert into series (asset_id, timeframe, first_bar) values ($1, $2, $3)`, [
    series.assetId,
    series.timeframe,
    new Date(firstBar),
  ]);
  return firstBar;
}

async function insertRows({ assetId, timeframe }: CoveredSeries, rows: unknown[][], rejected: Date[]): Promise<void> {
  const column = (i: number) => rows.map((row) => row[i]);
  await store.pool.query(
    `insert into coverage (asset_id, timeframe, session, expected, filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots,
      as_usual, updated_at)
    select $1, $2, x.session, x.n, x.f::varbit, x.a::varbit, x.e::varbit, x.l::varbit, x.c::varbit, x.u, now()
    from unnest($3::date[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bool[]) x(session, n, f, a, e, l, c, u)`,
    [assetId, timeframe, ...[0, 1, 2, 3, 4, 5, 6, 7].map(column)],
  );
  await store.pool.query(
    `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw)
    select $4, $1, $2, x.time, x.n, 'ohlc_order', '{}' from unnest($3::timestamptz[]) with ordinality x(time, n)`,
    [assetId, timeframe, rejected, 10 * assetId + STORED_TIMEFRAMES.indexOf(timeframe)],
  );
}

describe('the states of sessions', () => {
  it('are those that looking at each slot gives, wherever a session is cut; and the summary is their sum', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), fc.constantFrom(...CLOCKS), async (seedOfCase, clock) => {
        const now = Date.parse(clock);
        const expected = await fill(randomNumbers(seedOfCase), now);
        const series = await coveredSeries(store.pool, { timeframes: ['1m', '30m', '4h', '4d'] });
        const nameOf = new Map(series.map((one) => [`${one.assetId}`, one.symbol]));
        for (const timeframe of ['1m', '30m', '4h', '4d'] as const) {
          const ofTimeframe = series.filter((one) => one.timeframe === timeframe);
          const states = await readSessionStates(store.pool, ofTimeframe, now);
          const told = new Map(
            states.map(({ attempts: _a, nextAttemptAt: _n, verifiedAt: _v, ...row }) => [
              `${nameOf.get(`${row.assetId}`)} ${timeframe} ${row.session}`,
              row,
            ]),
          );
          expect(told).toEqual(new Map([...expected].filter(([key]) => key.split(' ')[1] === timeframe)));
        }
        for (const summary of await summariseCoverage(store.pool, now)) {
          const sessions = [...expected].flatMap(([key, row]) =>
            key.startsWith(`${summary.symbol} ${summary.timeframe} `) ? [row] : [],
          );
          const sum = (of: (row: Expected) => number) => sessions.reduce((total, row) => total + of(row), 0);
          const pending = sessions.filter((row) => row.pending > 0).map((row) => row.session);
          expect(summary).toMatchObject({
            expected: sum((row) => row.expected),
            filled: sum((row) => row.filled),
            empty: sum((row) => row.empty),
            pending: sum((row) => row.pending),
            unobtainable: sum((row) => row.unobtainable),
            reasons: Object.fromEntries(
              Object.keys(summary.reasons).map((reason) => [
                reason,
                sum((row) => row.reasons[reason as keyof typeof row.reasons]),
              ]),
            ),
            sessions: sessions.length,
            firstSession: sessions[0]?.session ?? null,
            lastSession: sessions.at(-1)?.session ?? null,
            pendingSessions: pending.length,
            oldestPending: pending[0] ?? null,
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});

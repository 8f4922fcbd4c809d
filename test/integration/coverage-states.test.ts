import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  readSessionStates,
  type SessionStates,
  summariseCoverage,
} from '../../db/repositories/coverage/coverage-states.js';
import { coveredSeries, type CoveredSeries } from '../../db/repositories/coverage/covered-series.js';
import { countStates } from '../../domain/coverage/slot-state.js';
import { useStore } from '../environment/store.js';
import { casesOf } from '../long-tests.js';
import { CLOCKS, fillCoverage, type RandomSession, randomNumbers } from './coverage-fixture.js';

const store = useStore({ isEmptied: false });

type Expected = Omit<SessionStates, 'attempts' | 'nextAttemptAt' | 'verifiedAt'>;

/** What each expected session must be told as, by key. */
function expectedOf(filled: Map<CoveredSeries, RandomSession[]>): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const [series, sessions] of filled) {
    for (const { due, slots, first, row, rejected } of sessions) {
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
  }
  return expected;
}

describe('the states of sessions', () => {
  it('are those that looking at each slot gives, wherever a session is cut; and the summary is their sum', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), fc.constantFrom(...CLOCKS), async (seedOfCase, clock) => {
        const now = Date.parse(clock);
        const timeframes = ['1m', '30m', '4h', '4d'] as const;
        const all = await coveredSeries(store.pool, { timeframes });
        const expected = expectedOf(await fillCoverage(store.pool, randomNumbers(seedOfCase), all, now));
        const series = await coveredSeries(store.pool, { timeframes });
        const nameOf = new Map(series.map((one) => [`${one.assetId}`, one.symbol]));
        for (const timeframe of timeframes) {
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
      { numRuns: casesOf(40, 10) },
    );
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type CoveredSeries, coveredSeries } from '../../db/repositories/coverage/covered-series.js';
import type { SessionStates } from '../../db/repositories/coverage/coverage-states.js';
import { type ServedSeries, servedSeriesOf } from '../../db/repositories/coverage/served-series.js';
import { readServedStates, summariseServed } from '../../db/repositories/coverage/served-states.js';
import { AssetReader } from '../../db/repositories/read/asset-reader.js';
import { rulesOf } from '../../config/catalog/series-rules.js';
import { keyOf } from '../../domain/bar.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { type DueSession, dueSessions } from '../../domain/coverage/due-sessions.js';
import { isEmptyConfirmed, type SlotState, slotState } from '../../domain/coverage/slot-state.js';
import { addFurtherSources } from '../../planning/further-sources.js';
import { useStore } from '../environment/store.js';
import { casesOf } from '../long-tests.js';
import { CLOCKS, fillCoverage, type RandomSession, randomNumbers } from './coverage-fixture.js';

const store = useStore({ isEmptied: false });
const PENDING: readonly (SlotState | undefined)[] = ['not_asked', 'null_at_provider', 'rejected', 'lost'];

beforeAll(async () => {
  const { pool } = store;
  await addFurtherSources(pool);
  // a third source, without any reach; one that is paused; one that is only compared; an asset that is paused
  await pool.query(
    `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
    select symbol, name, kind, 'file', symbol, exchange, currency, id, 3 from assets where symbol = 'NVDA' and rank = 1`,
  );
  await pool.query(`update assets set active = false where symbol in ('MSFT', 'SOL') and rank = 2`);
  await pool.query(`update assets set active = false where symbol = 'PLTR' and rank = 1`);
  await pool.query(`update assets set role = 'check' where symbol = 'GOOGL' and rank = 2`);
});

async function servedOf(covered: CoveredSeries[]): Promise<ServedSeries[]> {
  const reader = new AssetReader(store.pool);
  const further = Map.groupBy(await reader.furtherSources(), ({ sourceOf }) => sourceOf!);
  return (await reader.all()).flatMap((asset) => {
    const serving = (further.get(asset.id) ?? []).filter(({ role }) => role === 'serve');
    return servedSeriesOf(asset, [asset, ...serving], covered);
  });
}

/** What one source tells of a slot; `early` if it has begun, and the bar is not final there; undefined before its first bar. */
type Told = SlotState | 'early' | undefined;

/** @param own what is stored of the session, in the source's own timeframe; undefined if none of its bars is due */
function toldOf(
  slot: number,
  end: number,
  i: number,
  { firstBar, due, own }: { firstBar: number; due: DueSession | undefined; own: RandomSession | undefined },
): Told {
  if (end <= firstBar) return undefined;
  if (!due || !own) return 'early';
  const inside: number[] = [];
  for (let n = own.slots.findIndex((one) => one >= slot); n >= 0 && own.slots[n]! < end; n++) inside.push(n);
  const confirmed = own.row !== undefined && isEmptyConfirmed(own.row);
  const states = inside.map((n) => slotState(own.row, n, { confirmed, isBeyond: false, isRejected: false }));
  if (states.includes('filled')) return 'filled';
  if (i >= due.due) return 'early';
  if (states.every((state) => state === 'empty')) return 'empty';
  if (states.every((state) => state === 'empty' || state === 'corrupt')) return 'corrupt';
  if (i < due.beyond) return 'out_of_reach';
  if (inside.some((n) => own.row?.lost[n] === '1')) return 'lost';
  if (inside.some((n) => own.rejected.has(n))) return 'rejected';
  return inside.every((n) => own.row?.answered[n] === '1') ? 'null_at_provider' : 'not_asked';
}

/** The rule, for one slot: undefined if no source expects it. */
function servedState(told: readonly Told[]): SlotState | undefined {
  if (told.includes('filled')) return 'filled';
  const obtainable = told.find((one) => one !== undefined && one !== 'corrupt' && one !== 'out_of_reach');
  if (obtainable === 'early') return 'not_asked';
  return obtainable ?? (['corrupt', 'out_of_reach'] as const).find((one) => told.includes(one));
}

/** The state of each expected slot, by session. */
function bruteForce(
  { timeframe, sources }: ServedSeries,
  stored: Map<CoveredSeries, RandomSession[] | undefined>,
  now: number,
): Map<string, { slots: number[]; states: (SlotState | undefined)[] }> {
  const begun = sources.flatMap((source) => {
    const sessions = stored.get(source);
    if (!sessions) return [];
    const rules = { ...rulesOf(source), timeframe };
    const firstBar = source.firstBar!;
    const session = rules.calendar.sessionAt(firstBar);
    // the served slot around the first bar
    const around =
      source.timeframe === timeframe || !session
        ? firstBar
        : slotsOf(rules.calendar.id, timeframe, session).findLast((slot) => slot <= firstBar)!;
    const due = new Map(dueSessions(rules, around, now).map((one) => [one.session.date, one]));
    return [{ firstBar, due, own: new Map(sessions.map((one) => [one.due.session.date, one])) }];
  });
  const sessions = new Map(begun.flatMap(({ due }) => [...due].map(([date, { session }]) => [date, session])));
  return new Map(
    [...sessions].flatMap(([date, session]) => {
      const slots = slotsOf(sources[0]!.exchange, timeframe, session);
      const length = Math.max(...begun.map(({ due }) => due.get(date)?.due ?? 0));
      const states = slots.slice(0, length).map((slot, i) => {
        const end = slots[i + 1] ?? session.close;
        return servedState(
          begun.map(({ firstBar, due, own }) =>
            toldOf(slot, end, i, { firstBar, due: due.get(date), own: own.get(date) }),
          ),
        );
      });
      return states.some((state) => state !== undefined) ? [[date, { slots, states }] as const] : [];
    }),
  );
}

const countsOf = (states: readonly (SlotState | undefined)[]) => {
  const of = (...wanted: SlotState[]) => states.filter((state) => state && wanted.includes(state)).length;
  const reasons = ['not_asked', 'null_at_provider', 'rejected', 'lost', 'corrupt', 'out_of_reach'] as const;
  return {
    expected: states.filter((state) => state !== undefined).length,
    filled: of('filled'),
    empty: of('empty'),
    pending: of('not_asked', 'null_at_provider', 'rejected', 'lost'),
    unobtainable: of('corrupt', 'out_of_reach'),
    reasons: Object.fromEntries(reasons.map((reason) => [reason, of(reason)])),
  };
};

describe('the coverage of what is served', () => {
  it('is that which looking at each slot of each source gives, by session and in sum', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), fc.constantFrom(...CLOCKS), async (seedOfCase, clock) => {
        const { pool } = store;
        const now = Date.parse(clock);
        const filled = await fillCoverage(pool, randomNumbers(seedOfCase), await coveredSeries(pool), now);
        const ofKey = new Map([...filled].map(([series, sessions]) => [keyOf(series), sessions]));
        const covered = await coveredSeries(pool);
        const stored = new Map(covered.flatMap((one) => [[one, ofKey.get(keyOf(one))] as const]));
        const served = await servedOf(covered);
        for (const timeframe of ['1m', '30m', '4h', '1d', '4d'] as const) {
          const ofTimeframe = served.filter((one) => one.timeframe === timeframe);
          const told = await readServedStates(pool, ofTimeframe, now, (due) => due);
          const bySeries = Map.groupBy(told, ({ assetId }) => assetId);
          const summaries = await summariseServed(pool, ofTimeframe, now);
          for (const [i, one] of ofTimeframe.entries()) {
            const expected = bruteForce(one, stored, now);
            const sessions = (bySeries.get(one.assetId) ?? []).map(sessionOf);
            expect([keyOf(one), sessions]).toEqual([
              keyOf(one),
              [...expected]
                .map(([session, { slots, states }]) => ({
                  session,
                  ...countsOf(states),
                  firstPending: slots[states.findIndex((state) => PENDING.includes(state))] ?? null,
                }))
                .sort((a, b) => (a.session < b.session ? -1 : 1)),
            ]);
            const all = [...expected.values()].flatMap(({ states }) => states);
            const dates = [...expected.keys()].sort();
            expect(summaries[i]).toMatchObject({
              ...countsOf(all),
              sessions: dates.length,
              firstSession: dates[0] ?? null,
              lastSession: dates.at(-1) ?? null,
            });
          }
        }
      }),
      { numRuns: casesOf(40, 3) },
    );
  });
});

const sessionOf = ({ assetId: _, attempts: _a, nextAttemptAt: _n, verifiedAt: _v, ...row }: SessionStates) => row;

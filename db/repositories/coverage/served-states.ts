import type pg from 'pg';
import { keyOf } from '../../../domain/bar.js';
import type { DueSession } from '../../../domain/coverage/due-sessions.js';
import { inTransaction } from '../../transaction.js';
import {
  NOTHING,
  query,
  type SessionRow,
  sessionsOf,
  type SessionStates,
  sessionStatesIn,
  type SlotSummary,
  summariesIn,
  summaryOf,
  type SummaryRow,
} from './coverage-states.js';
import { parametersOf, type ServedGroup, servedGroupsOf, type ServedSeries } from './served-series.js';
import { SELECT_SERVED_SESSIONS, SUMMARISE_SERVED } from './served-states.sql.js';

/** What is served, with its slots by state. */
export type ServedStates = ServedSeries & SlotSummary;

/**
 * Counts the slots of what is served by state, in the order given.
 * @param now market clock, epoch ms
 */
export async function summariseServed(
  pool: pg.Pool,
  served: readonly ServedSeries[],
  now: number,
): Promise<ServedStates[]> {
  return inTransaction(pool, async (tx) => {
    const { single, several } = bySources(served);
    const found = new Map<string, SlotSummary>();
    const ofSources = await summariesIn(tx, [...single.values()], now);
    [...single.keys()].forEach((one, i) => found.set(keyOf(one), ofSources[i]!));
    for (const group of servedGroupsOf(several, now)) {
      const { timeframe } = group.rules;
      for (const row of await select<SummaryRow>(tx, SUMMARISE_SERVED, group))
        found.set(keyOf({ assetId: row.assetId, timeframe }), summaryOf(row));
    }
    return served.map((one) => ({ ...(found.get(keyOf(one)) ?? NOTHING), ...one }));
  });
}

/**
 * Counts the slots of each session of what is served by state; the sessions of each series are ascending.
 * @param now market clock, epoch ms
 * @param pick selects from the due sessions of series with the same ones, which are ascending
 */
export async function readServedStates(
  pool: pg.Pool,
  served: readonly ServedSeries[],
  now: number,
  pick: (due: DueSession[]) => DueSession[],
): Promise<SessionStates[]> {
  return inTransaction(pool, async (tx) => {
    const { single, several } = bySources(served);
    const ids = new Map([...single].map(([{ assetId }, source]) => [source.assetId, assetId]));
    const ofSources = await sessionStatesIn(tx, [...single.values()], now, pick);
    const states = [ofSources.map((one) => ({ ...one, assetId: ids.get(one.assetId)! }))];
    for (const group of servedGroupsOf(several, now)) {
      const picked = { ...group, due: pick(group.due) };
      states.push(sessionsOf(await select<SessionRow>(tx, SELECT_SERVED_SESSIONS, picked), picked));
    }
    return states.flat();
  });
}

/** Series of one source are read as those of that source. */
function bySources(served: readonly ServedSeries[]) {
  const single = served.filter(({ sources }) => sources.length === 1);
  return {
    single: new Map(single.map((one) => [one, one.sources[0]!])),
    several: served.filter(({ sources }) => sources.length > 1),
  };
}

/** The rows of a statement of served-states.sql.ts. */
const select = async <T extends object>(tx: pg.PoolClient, text: string, group: ServedGroup): Promise<T[]> =>
  query<T>(tx, text, await parametersOf(tx, group));

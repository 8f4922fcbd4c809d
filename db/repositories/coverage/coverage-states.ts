import type pg from 'pg';
import { keyOf } from '../../../domain/bar.js';
import { slotsOf } from '../../../domain/calendars/slots.js';
import type { DueSession } from '../../../domain/coverage/due-sessions.js';
import {
  PENDING_REASONS,
  type PendingReason,
  UNOBTAINABLE_REASONS,
  type UnobtainableReason,
} from '../../../domain/coverage/slot-state.js';
import { inTransaction } from '../../transaction.js';
import {
  beginOf,
  coveredSeries,
  type CoveredSeries,
  groupsOf,
  parametersOf,
  type SeriesFilter,
  type SeriesGroup,
} from './covered-series.js';
import { SELECT_SESSIONS, SUMMARISE_KNOWN, SUMMARISE_UNKNOWN } from './coverage-states.sql.js';
import { recountDirty } from './recount.js';

const REASONS = [...PENDING_REASONS, ...UNOBTAINABLE_REASONS] as const;
type Reasons = Record<PendingReason | UnobtainableReason, number>;

/** Expected slots by state: expected = filled + empty + pending + unobtainable. */
export interface SlotCounts {
  expected: number;
  filled: number;
  /** Confirmed empty: the provider has no bar there. */
  empty: number;
  pending: number;
  unobtainable: number;
  /** Pending and unobtainable slots by reason. */
  reasons: Reasons;
}

/** One session of a series. */
export interface SessionStates extends SlotCounts {
  assetId: number;
  /** YYYY-MM-DD */
  session: string;
  /** Open of the first pending bar, epoch ms; null if nothing is pending. */
  firstPending: number | null;
  /** Payloads that left something pending; 0 if nothing is. */
  attempts: number;
  /** When the pending bars are requested again, epoch ms, wall clock; null = in the next run. */
  nextAttemptAt: number | null;
  /** When the newest payload that covers the whole session was fetched, epoch ms, wall clock. */
  verifiedAt: number | null;
}

/** All sessions of a series. */
export interface SlotSummary extends SlotCounts {
  sessions: number;
  firstSession: string | null;
  lastSession: string | null;
  /** Sessions with pending slots, and the oldest of them. */
  pendingSessions: number;
  oldestPending: string | null;
  /** The earliest next attempt of all sessions, epoch ms, wall clock. */
  nextAttemptAt: number | null;
}

/** A whole series. */
export interface SeriesStates extends CoveredSeries, SlotSummary {}

/**
 * Counts the slots of each active series by state, in the order of `coveredSeries`. Recounts sessions first whose bars SQL
 * has changed.
 * @param now market clock, epoch ms
 */
export async function summariseCoverage(
  pool: pg.Pool,
  now: number,
  filter: SeriesFilter = {},
): Promise<SeriesStates[]> {
  await recountDirty(pool);
  return inTransaction(pool, async (tx) =>
    summariesIn(
      tx,
      (await coveredSeries(tx, filter)).filter(({ active }) => active),
      now,
    ),
  );
}

/** Counts the slots of some series by state, in their order. @param now market clock, epoch ms */
export async function summariesIn(
  tx: pg.PoolClient,
  series: readonly CoveredSeries[],
  now: number,
): Promise<SeriesStates[]> {
  const found = new Map<string, SlotSummary>();
  for (const group of groupsOf(series, now))
    for (const { key, ...summary } of await summariseGroup(tx, group)) found.set(key, summary);
  return series.map((one) => ({ ...one, ...(found.get(keyOf(one)) ?? NOTHING) }));
}

/** Some series. Recounts sessions first whose bars SQL has changed: only then is it known where a series begins. */
export async function recountedSeries(pool: pg.Pool, filter: SeriesFilter): Promise<CoveredSeries[]> {
  await recountDirty(pool);
  return coveredSeries(pool, filter);
}

/**
 * Counts the slots of each session of some series by state, ordered by series and then session.
 * @param now market clock, epoch ms
 * @param pick selects from the due sessions of a group, which are ascending
 */
export async function readSessionStates(
  pool: pg.Pool,
  series: readonly CoveredSeries[],
  now: number,
  pick?: (due: DueSession[]) => DueSession[],
): Promise<SessionStates[]> {
  return inTransaction(pool, (tx) => sessionStatesIn(tx, series, now, pick));
}

/** The same in a transaction of the caller. */
export async function sessionStatesIn(
  tx: pg.PoolClient,
  series: readonly CoveredSeries[],
  now: number,
  pick: (due: DueSession[]) => DueSession[] = (due) => due,
): Promise<SessionStates[]> {
  const states: SessionStates[][] = [];
  for (const group of groupsOf(series, now)) states.push(await readGroup(tx, { ...group, due: pick(group.due) }));
  return states.flat();
}

export type SummaryRow = Omit<SlotSummary, 'reasons'> & Reasons & { assetId: number };

export const NOTHING: SlotSummary = {
  expected: 0,
  filled: 0,
  empty: 0,
  pending: 0,
  unobtainable: 0,
  reasons: reasonsOf(() => 0),
  sessions: 0,
  firstSession: null,
  lastSession: null,
  pendingSessions: 0,
  oldestPending: null,
  nextAttemptAt: null,
};

function reasonsOf(count: (reason: keyof Reasons) => number): Reasons {
  return Object.fromEntries(REASONS.map((reason) => [reason, count(reason)])) as Reasons;
}

async function summariseGroup(tx: pg.PoolClient, group: SeriesGroup): Promise<(SlotSummary & { key: string })[]> {
  const known = await query<SummaryRow>(tx, SUMMARISE_KNOWN, await parametersOf(tx, group));
  const parts = new Map(known.map((row) => [row.assetId, [row]]));
  // rarely any: every session ever requested has a row
  const series = group.series.filter((one) => (parts.get(one.assetId)?.[0]?.sessions ?? 0) < countSessions(group, one));
  if (series.length > 0) {
    const unknown = await query<SummaryRow>(tx, SUMMARISE_UNKNOWN, await parametersOf(tx, { ...group, series }));
    for (const row of unknown) parts.set(row.assetId, [...(parts.get(row.assetId) ?? []), row]);
  }
  const { timeframe } = group.rules;
  return [...parts].map(([assetId, rows]) => ({
    key: keyOf({ assetId, timeframe }),
    ...rows.map(summaryOf).reduce(joined),
  }));
}

function countSessions({ rules, due }: SeriesGroup, { firstBar }: SeriesGroup['series'][number]): number {
  const { session: begin } = beginOf(rules, firstBar);
  return due.filter(({ session }) => session.date >= begin).length;
}

export function summaryOf(row: SummaryRow): SlotSummary {
  const { expected, filled, empty, pending, unobtainable, sessions, firstSession, lastSession } = row;
  const { pendingSessions, oldestPending, nextAttemptAt } = row;
  const counts = { expected, filled, empty, pending, unobtainable, reasons: reasonsOf((reason) => row[reason]) };
  return { ...counts, sessions, firstSession, lastSession, pendingSessions, oldestPending, nextAttemptAt };
}

/** Adds up two parts of a series. */
function joined(a: SlotSummary, b: SlotSummary): SlotSummary {
  const least = <T extends string | number>(x: T | null, y: T | null) => (y === null || (x !== null && x < y) ? x : y);
  return {
    expected: a.expected + b.expected,
    filled: a.filled + b.filled,
    empty: a.empty + b.empty,
    pending: a.pending + b.pending,
    unobtainable: a.unobtainable + b.unobtainable,
    reasons: reasonsOf((reason) => a.reasons[reason] + b.reasons[reason]),
    sessions: a.sessions + b.sessions,
    firstSession: least(a.firstSession, b.firstSession),
    lastSession: a.lastSession! > b.lastSession! ? a.lastSession : b.lastSession,
    pendingSessions: a.pendingSessions + b.pendingSessions,
    oldestPending: least(a.oldestPending, b.oldestPending),
    nextAttemptAt: least(a.nextAttemptAt, b.nextAttemptAt),
  };
}

export type SessionRow = Omit<SessionStates, 'reasons'> & Reasons;

async function readGroup(tx: pg.PoolClient, group: SeriesGroup): Promise<SessionStates[]> {
  if (group.due.length === 0) return [];
  return sessionsOf(await query<SessionRow>(tx, SELECT_SESSIONS, await parametersOf(tx, group)), group);
}

/** @param rows with the first pending slot by its number */
export function sessionsOf(rows: readonly SessionRow[], { rules, due }: Pick<SeriesGroup, 'rules' | 'due'>) {
  const sessions = new Map(due.map(({ session }) => [session.date, session]));
  const openOf = (date: string, slot: number) =>
    slotsOf(rules.calendar.id, rules.timeframe, sessions.get(date)!)[slot]!;
  return rows.map((row): SessionStates => {
    const { assetId, session, expected, filled, empty, pending, unobtainable, attempts, nextAttemptAt, verifiedAt } =
      row;
    const counts = { expected, filled, empty, pending, unobtainable, reasons: reasonsOf((reason) => row[reason]) };
    const firstPending = row.firstPending === null ? null : openOf(session, row.firstPending);
    return { assetId, session, ...counts, firstPending, attempts, nextAttemptAt, verifiedAt };
  });
}

/**
 * Without JIT: compiling these expressions takes longer than evaluating them. Not a named statement: a plan for unknown
 * parameters would look up each session separately.
 */
export async function query<T extends object>(tx: pg.PoolClient, text: string, values: unknown[]): Promise<T[]> {
  await tx.query('set local jit = off');
  return (await tx.query<T>(text, values)).rows;
}

import type pg from 'pg';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { around, type Cells, yahooBody } from '../wire-payloads.js';
import type { ApiUnderTest } from './api-fixture.js';

export const TOKEN = 'token-of-the-test';
export const REASON = 'compared with the exchange';
export const session = calendarOf('XNYS').sessionOn('2026-11-23')!;
export const minute = (i: number) => session.open + i * MINUTE;

/** Sixty good minutes but for the volume of the fourth. */
export const BAD_VOLUME = Array.from({ length: 60 }, (_, i) => around(100 + (i % 17) / 4, i === 3 ? -5 : 100));

/** Minutes of SPY from the open on, fetched when an hour of them is final. */
export const answer = (to: ApiUnderTest, cells: Cells[], fetchedAt = session.open + HOUR + MINUTE) => ({
  assetId: to.assets.get('SPY')!,
  timeframe: '1m' as const,
  window: { from: session.open, to: minute(cells.length) },
  fetchedAt,
  body: yahooBody(
    'SPY',
    cells.map((each, i) => [minute(i), each]),
  ),
});

export const empty = (pool: pg.Pool) =>
  pool.query(
    `truncate bars, bar_revisions, coverage, batches, raw_payloads, rejected_bars, series, corporate_actions, pipeline_runs, audit_log restart identity`,
  );

/** Decides about a rejected row, as an operator does. @param path such as `1/dismiss` */
export async function decide(
  to: ApiUnderTest,
  path: string,
  payload: object = { reason: REASON },
  authorization = `Bearer ${TOKEN}`,
) {
  const { statusCode, body, headers } = await to.app.inject({
    method: 'POST',
    url: `/api/quarantine/${path}`,
    payload,
    headers: { authorization },
  });
  const json = JSON.parse(body) as Record<string, unknown> & { type: string; detail: string };
  return { status: statusCode, headers, json };
}

export const audit = async (to: ApiUnderTest) =>
  (await to.pool.query('select actor, action, subject, reason from audit_log order by id')).rows as unknown[];

export const coverage = async (to: ApiUnderTest) =>
  (
    await to.pool.query<{ filled: number; pending: number; due: boolean }>(
      'select filled, pending, next_attempt_at is null as due from coverage',
    )
  ).rows[0];

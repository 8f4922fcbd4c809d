import { beforeEach, describe, expect, it } from 'vitest';
import { transformActivities } from '../../activities/transform.js';
import { examineStore } from '../../cli/doctor/examine.js';
import { loadBatches } from '../../db/repositories/load/batch-loader.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR } from '../../domain/timeframe.js';
import { planReplay } from '../../planning/heal.js';
import { createProviders } from '../../providers/index.js';
import { useStore } from '../environment/store.js';
import { RUN_ID } from '../factories.js';
import { around, type Cells, ingestPayload, openTestRun, storeWirePayload, yahooBody } from '../wire-payloads.js';

const store = useStore();
beforeEach(() => openTestRun(store.pool));

const days = calendarOf('XNYS').sessionsBetween(Date.parse('2026-11-09T00:00Z'), Date.parse('2026-11-21T00:00Z'));
const last = days.at(-1)!;
const UNKNOWN = [2, 5];
const BAD = 7;

function cellsAt(i: number): Cells {
  if (i === BAD) return [101, 99, 102, 100, 5];
  return UNKNOWN.includes(i) ? [0, 102, 99, 100 + i / 10, 5] : around(100 + i / 10);
}

/** Loads days, of which two have an open of 0, as the rules before `unknown_open` did: they rejected both. */
async function loadByEarlierRules(): Promise<void> {
  const { pool } = store;
  const payloadId = await storeWirePayload(pool, {
    assetId: store.assetId('SPY'),
    timeframe: '1d',
    window: { from: days[0]!.open, to: last.close },
    fetchedAt: last.close + 8 * HOUR,
    body: yahooBody(
      'SPY',
      days.map(({ open }, i) => [open, cellsAt(i)]),
    ),
  });
  const run = { workflowId: 'stocks_1min-2026-11-24T15:00:10Z', runId: RUN_ID };
  const { transform } = transformActivities({ pool, providers: createProviders({}), clockOffsetMs: 0 });
  await transform({ run, payloadIds: [payloadId] });
  const times = UNKNOWN.map((i) => new Date(midnightOf(days[i]!.date)));
  const kept = (column: string) =>
    `${column} = array(select u.value from unnest(times, ${column}) with ordinality u(time, value, n)
      where u.time <> all($1::timestamptz[]) order by u.n)`;
  const { rows } = await pool.query<{ id: string }>(
    `update batches set code_version = 'transform-3', rows_rejected = 3,
      ${['times', 'bar_sessions', 'opens', 'highs', 'lows', 'closes', 'volumes'].map(kept).join(', ')},
      filled_slots = array(select case when u.session = any($2::date[]) then b'0'::varbit else u.bits end
        from unnest(sessions, filled_slots) with ordinality u(session, bits, n) order by u.n)
    returning id`,
    [times, UNKNOWN.map((i) => days[i]!.date)],
  );
  await pool.query(`update rejected_bars set rule = 'not_positive', state = 'open' where rule = 'unknown_open'`);
  await loadBatches(pool, [Number(rows[0]!.id)], RUN_ID);
}

const states = async () =>
  (
    await store.pool.query<{ row: number; rule: string; state: string }>(
      'select row, rule, state from rejected_bars order by row, rule',
    )
  ).rows;

describe('a store that was loaded by earlier rules', () => {
  it('gets the bars that the current rules accept from its payloads, and keeps what was decided by then', async () => {
    const { pool } = store;
    const examine = () => examineStore(pool, { clockOffsetMs: 0, now: last.close + 9 * HOUR });
    await loadByEarlierRules();
    const replay = await planReplay(pool, 0, { symbols: ['SPY'], timeframes: ['1d'] });
    expect(replay).toHaveLength(1);
    expect(await ingestPayload(pool, replay[0]!.payloadId, true)).toMatchObject({ inserted: 2, updated: 0 });
    const { rows } = await pool.query('select open, close from bars order by time offset 2 limit 1');
    expect(rows).toEqual([{ open: 100.2, close: 100.2 }]);
    expect(await states()).toEqual([
      { row: 2, rule: 'not_positive', state: 'dismissed' },
      { row: 2, rule: 'unknown_open', state: 'stored' },
      { row: 5, rule: 'not_positive', state: 'dismissed' },
      { row: 5, rule: 'unknown_open', state: 'stored' },
      { row: BAD, rule: 'ohlc_order', state: 'open' },
    ]);
    const audit = await pool.query('select actor, action, reason from audit_log');
    expect(audit.rows).toHaveLength(2);
    expect(audit.rows[0]).toEqual({
      actor: 'rules',
      action: 'rejected.dismiss',
      reason: expect.stringMatching(/^the rules of transform-\d+ do not reject this row$/),
    });
    expect((await examine()).findings.lines()).toEqual([]);
  });
});

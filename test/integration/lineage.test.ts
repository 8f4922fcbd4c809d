import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prunePayloads } from '../../activities/prune-payloads.js';
import { LineageSchema, type LineageBody } from '../../api/lineage/lineage.schema.js';
import { retentionEnd } from '../../db/repositories/upkeep/retention.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { RUN_ID } from '../factories.js';
import { around, type Cells, ingestWirePayload, yahooBody } from '../wire-payloads.js';
import { type ApiUnderTest, NOW, startApi } from './api-fixture.js';

/** Yesterday in New York. */
const session = calendarOf('XNYS').sessionOn('2026-11-23')!;
const minute = (i: number) => session.open + i * MINUTE;
const iso = (ms: number) => new Date(ms).toISOString();
const WORKFLOW = 'stocks_1min-2026-11-24T15:00:10Z';

let api: ApiUnderTest;
let spy: number;

beforeAll(async () => {
  api = await startApi();
  spy = api.assets.get('SPY')!;
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.pool.query(
    `truncate bars, bar_revisions, bar_warnings, coverage, batches, raw_payloads, rejected_bars, series, corporate_actions, pipeline_runs, audit_log restart identity`,
  );
});

async function lineage(path: string): Promise<LineageBody> {
  const { status, json, text } = await api.get(`/api/lineage/${path}`);
  if (status !== 200) throw new Error(text);
  LineageSchema.parse(json);
  return json as unknown as LineageBody;
}
const ofMinute = (i: number) => lineage(`SPY/1m/${iso(minute(i))}`);
const problemOf = async (path: string) => {
  const { status, json } = await api.get(`/api/lineage/${path}`);
  return { status, type: json.type as string, detail: json.detail as string };
};

const minutes = (after: number, rows: [i: number, cells: Cells][], to = 60) => ({
  assetId: spy,
  timeframe: '1m' as const,
  window: { from: session.open, to: minute(to) },
  fetchedAt: session.open + after,
  body: yahooBody(
    'SPY',
    rows.map(([i, cells]) => [minute(i), cells]),
  ),
});
const NOTHING: Cells = [null, null, null, null, null];

describe('the lineage of a bar that is stored', () => {
  it('leads from its values to the run, and to the row as the provider sent it', async () => {
    await api.pool.query(
      `insert into pipeline_runs (workflow_id, run_id, pipeline, trigger, nominal_at, status, started_at)
        values ($1, $2, 'stocks_1min', 'schedule', now(), 'succeeded', now() - interval '1 second')`,
      [WORKFLOW, RUN_ID],
    );
    await ingestWirePayload(
      api.pool,
      minutes(HOUR, [
        [0, around(100)],
        [1, [145.6999969482422, 146, 145.5, 145.75, 1200]],
      ]),
    );
    const { bar, answer, slot, revisions, rejections, warnings, ...head } = await ofMinute(1);
    expect(head).toMatchObject({ symbol: 'SPY', timeframe: '1m', time: '2026-11-23T14:31:00Z', session: '2026-11-23' });
    expect(bar).toMatchObject({
      open: 145.7,
      high: 146,
      low: 145.5,
      close: 145.75,
      volume: 1200,
      barReturn: 0.4575,
      sma20: null,
    });
    expect(bar!.run).toEqual({
      workflowId: WORKFLOW,
      runId: RUN_ID,
      pipeline: 'stocks_1min',
      trigger: 'schedule',
      status: 'succeeded',
      temporalUrl: `http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(WORKFLOW)}/${RUN_ID}/history`,
    });
    expect(bar!.payload).toMatchObject({
      id: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      url: expect.stringContaining('http://provider.test/v8/finance/chart/SPY?'),
      status: 200,
      fetchedAt: iso(session.open + HOUR),
      isKept: true,
      workflowId: WORKFLOW,
    });
    expect(answer).toEqual({
      payload: bar!.payload,
      quotedIn: null,
      rows: [
        {
          row: 1,
          asSent: {
            timestamp: minute(1) / SECOND,
            open: 145.6999969482422,
            high: 146,
            low: 145.5,
            close: 145.75,
            volume: 1200,
          },
        },
      ],
    });
    expect(slot).toMatchObject({ state: 'filled', nextAttemptAt: expect.any(String) }); // the rest of the hour is pending
    expect([revisions, rejections, warnings, head.rescaledBy]).toEqual([[], [], [], []]);
  });

  it('tells every version before, with the answers that gave and replaced it', async () => {
    for (const [after, close] of [
      [HOUR, 100],
      [2 * HOUR, 101],
      [3 * HOUR, 102],
    ] as const)
      await ingestWirePayload(api.pool, minutes(after, [[0, around(close)]]));
    const { bar, revisions } = await ofMinute(0);
    expect(bar).toMatchObject({ close: 102, payload: { id: 3 }, run: null });
    expect(revisions).toMatchObject([
      { close: 100, payload: { id: 1, fetchedAt: iso(session.open + HOUR) }, replacedBy: { id: 2 } },
      { close: 101, payload: { id: 2 }, replacedBy: { id: 3, fetchedAt: iso(session.open + 3 * HOUR) } },
    ]);
    expect(revisions[0]!.replacedAt <= revisions[1]!.recordedAt && revisions[1]!.replacedAt <= bar!.recordedAt).toBe(
      true,
    );
  });

  it('tells what was rejected of it, and what is odd about it', async () => {
    await ingestWirePayload(api.pool, minutes(HOUR, [[0, [100, 99, 98, 100, 5]]]));
    await ingestWirePayload(api.pool, minutes(2 * HOUR, [[0, around(100)]]));
    await api.pool.query(
      `insert into bar_warnings (asset_id, timeframe, time, session, rule, details) values ($1, '1m', $2, $3, 'step', '{"change": 0.5}')`,
      [spy, new Date(minute(0)), session.date],
    );
    const { rejections, warnings, slot } = await ofMinute(0);
    expect(slot.state).toBe('filled');
    expect(rejections).toMatchObject([
      {
        rule: 'ohlc_order',
        row: 0,
        raw: { open: 100, high: 99 },
        state: 'open',
        releasable: false,
        payload: { id: 1 },
      },
    ]);
    expect(warnings).toMatchObject([
      { rule: 'step', doc: expect.stringContaining('change'), details: { change: 0.5 } },
    ]);
  });

  it('keeps what the answer was when its body is past the retention', async () => {
    await ingestWirePayload(api.pool, minutes(HOUR, [[0, around(100)]]));
    await api.pool.query(`update raw_payloads set fetched_at = now() - interval '91 days'`);
    await prunePayloads(api.pool, await retentionEnd(api.pool, 90), 0);
    const { bar, answer } = await ofMinute(0);
    expect(bar!.payload).toMatchObject({ id: 1, isKept: false, sha256: expect.any(String) });
    expect(answer!.rows).toBeNull();
  });

  it('tells the splits that rescaled it: those after its day, shown by the provider after its answer', async () => {
    await ingestWirePayload(api.pool, minutes(HOUR, [[0, around(100)]]));
    await api.pool.query(
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since, applied_at)
        select $1, 'split', d, 10, 1, 1, l, case when d <> '2026-12-01' then now() end from (values
          (date '2026-11-24', timestamptz '2026-11-24T14:30Z'), ('2026-11-20', '2026-11-23T15:31Z'), ('2026-12-01', '2026-11-30T15:00Z')) v(d, l)`,
      [spy],
    );
    expect((await ofMinute(0)).rescaledBy).toMatchObject([{ session: '2026-11-24', numerator: 10, denominator: 1 }]);
  });

  it('finds the two rows that a day may have, by its date', async () => {
    const rows: [number, Cells][] = [
      [session.open, around(100, 5)],
      [session.close - 3 * SECOND, around(101, 9)],
    ];
    await ingestWirePayload(api.pool, {
      assetId: spy,
      timeframe: '1d',
      window: { from: session.open, to: session.close },
      fetchedAt: session.close + HOUR,
      body: yahooBody('SPY', rows),
    });
    const { bar, answer, time } = await lineage('spy/1d/2026-11-23');
    expect(time).toBe('2026-11-23T00:00:00Z');
    expect(bar).toMatchObject({ close: 101, volume: 9 });
    expect(answer!.rows!.map(({ row, asSent }) => [row, (asSent as { close: number }).close])).toEqual([
      [0, 100],
      [1, 101],
    ]);
  });

  it("finds a coin's candle, stamped at its close as it was sent", async () => {
    const close = Date.parse('2026-11-24T12:00Z');
    const candles = [-1, 0].map((i) => [close + i * 30 * MINUTE, 100, 103, 99, 101.5]);
    await ingestWirePayload(api.pool, {
      assetId: api.assets.get('BTC')!,
      provider: 'coingecko',
      timeframe: '30m',
      window: { from: close - HOUR, to: close },
      fetchedAt: close + HOUR,
      body: Buffer.from(JSON.stringify(candles)),
    });
    const { bar, answer, currency } = await lineage('BTC/30m/2026-11-24T11:30:00Z');
    expect([bar!.close, bar!.volume, currency]).toEqual([101.5, null, 'USD']);
    expect(answer!.rows).toEqual([{ row: 1, asSent: candles[1] }]);
  });
});

describe('the lineage of a bar that is missing', () => {
  beforeEach(async () => {
    const rows: [number, Cells][] = [
      [2, around(100)],
      [3, NOTHING],
      [4, [100, 99, 98, 100, 5]],
      [6, around(100)],
    ];
    await ingestWirePayload(api.pool, minutes(HOUR + 5 * MINUTE, rows));
  });

  it.each([
    [0, 'not_expected', []], // the series begins with minute 2
    [
      3,
      'null_at_provider',
      [
        {
          row: 1,
          asSent: { timestamp: minute(3) / SECOND, open: null, high: null, low: null, close: null, volume: null },
        },
      ],
    ],
    [4, 'rejected', [{ row: 2 }]],
    [5, 'null_at_provider', []],
    [70, 'not_asked', null],
  ])('says of minute %i that it is %s, and what the newest answer has for it', async (i, state, rows) => {
    const { slot, bar, answer } = await ofMinute(i);
    expect([slot.state, bar]).toEqual([state, null]);
    if (rows === null) expect(answer).toBeNull();
    else expect(answer).toMatchObject({ payload: { id: 1 }, rows });
    expect(slot.attempts).toBe(1);
  });

  it('says that SQL has taken it away, before coverage is recounted too', async () => {
    await api.pool.query('delete from bars where time = $1', [new Date(minute(6))]);
    expect((await ofMinute(6)).slot.state).toBe('lost');
  });

  it('says what is confirmed empty, and what is corrupt at the provider', async () => {
    const bits = (i: number) => `${'0'.repeat(i)}1${'0'.repeat(389 - i)}`;
    await api.pool.query('update coverage set as_usual = true, empty_slots = $1::varbit, corrupt_slots = $2::varbit', [
      bits(3),
      bits(4),
    ]);
    expect((await ofMinute(3)).slot.state).toBe('empty');
    expect((await ofMinute(4)).slot.state).toBe('corrupt');
  });

  it('says that it is not final yet', async () => {
    const today = iso(NOW + MINUTE).slice(0, 16);
    expect((await lineage(`SPY/1m/${today}Z`)).slot.state).toBe('not_due');
  });

  it('says that it is out of reach', async () => {
    await api.pool.query(`update series set first_bar = '2026-01-01'`);
    expect((await lineage('SPY/1m/2026-10-20T14:30:00Z')).slot.state).toBe('out_of_reach');
  });
});

describe('a lineage that is not there', () => {
  it.each([
    ['NOPE/1m/2026-11-23T15:00:00Z', 404, 'urn:barkeep:unknown-symbol', 'Unknown asset: NOPE.'],
    [
      'SPY/30m/2026-11-23T15:00:00Z',
      404,
      'urn:barkeep:unknown-timeframe',
      'SPY has no stored 30m bars. It has 1m, 1d.',
    ],
    ['SPY/7m/2026-11-23T15:00:00Z', 404, 'urn:barkeep:unknown-timeframe', 'It has 1m, 1d.'],
    ['SPY/1m/yesterday', 400, 'urn:barkeep:invalid-parameters', 'time: must be an RFC 3339 time'],
    [
      'SPY/1m/2026-11-23T15:00:30Z',
      400,
      'urn:barkeep:invalid-parameters',
      'the nearest open at 2026-11-23T15:00:00Z and 2026-11-23T15:01:00Z',
    ],
    [
      'SPY/1m/2026-11-22T15:00:00Z',
      400,
      'urn:barkeep:invalid-parameters',
      'the nearest open at 2026-11-20T20:59:00Z and 2026-11-23T14:30:00Z',
    ],
    [
      'SPY/1d/2026-11-26',
      400,
      'urn:barkeep:invalid-parameters',
      'the nearest open at 2026-11-25T00:00:00Z and 2026-11-27T00:00:00Z',
    ],
    ['SPY/1m/2226-11-23T15:00:00Z', 400, 'urn:barkeep:invalid-parameters', 'its calendar has no bars near that time'],
  ])('%s: %i', async (path, status, type, detail) => {
    const problem = await problemOf(path);
    expect(problem).toMatchObject({ status, type });
    expect(problem.detail).toContain(detail);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RevisionPageSchema } from '../../api/revisions/revisions.schema.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { around, ingestWirePayload, yahooBody } from '../wire-payloads.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const session = calendarOf('XNYS').sessionOn('2026-11-23')!;
const minute = (i: number) => session.open + i * MINUTE;

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.pool.query(
    `truncate bars, bar_revisions, bar_warnings, coverage, batches, raw_payloads, rejected_bars, series, corporate_actions, pipeline_runs restart identity`,
  );
});

/** An answer with the given closes of the session's first minutes. @returns the payload's id */
const answered = (symbol: string, hours: number, closes: number[]) =>
  ingestWirePayload(api.pool, {
    assetId: api.assets.get(symbol)!,
    timeframe: '1m',
    window: { from: session.open, to: minute(60) },
    fetchedAt: session.open + hours * HOUR,
    body: yahooBody(
      symbol,
      closes.map((close, i) => [minute(i), around(close)]),
    ),
  });

async function page(query = '') {
  const { status, json, text } = await api.get(`/api/revisions${query}`);
  if (status !== 200) throw new Error(text);
  return RevisionPageSchema.parse(json);
}

describe('revisions', () => {
  it('tell what a bar was and what it became, version by version, newest first', async () => {
    const first = await answered('SPY', 1, [100, 200]);
    const second = await answered('SPY', 2, [101, 200]);
    const third = await answered('SPY', 3, [102, 200]);
    const { revisions } = await page();
    expect(revisions.map(({ before, after }) => [before.close, after?.close])).toEqual([
      [101, 102],
      [100, 101],
    ]);
    expect(revisions.map(({ before, after }) => [before.payloadId, after?.payloadId])).toEqual([
      [second, third],
      [first, second],
    ]);
    expect(revisions[0]).toMatchObject({
      symbol: 'SPY',
      timeframe: '1m',
      time: '2026-11-23T14:30:00Z',
      before: { open: 101, high: 102, low: 100.5, volume: 100 },
      after: { open: 102, high: 103, low: 101.5, volume: 100 },
      lineage: '/api/lineage/SPY/1m/2026-11-23T14:30:00Z?source=yahoo',
    });
    expect((await api.get(revisions[0]!.lineage)).status).toBe(200);
  });

  it('have nothing after them where the bar is no more', async () => {
    await answered('SPY', 1, [100]);
    await answered('SPY', 2, [101]);
    await api.pool.query('delete from bars');
    expect((await page()).revisions).toMatchObject([{ before: { close: 100 }, after: null }]);
  });

  it('come in pages that stay while bars are corrected, and by asset and timeframe', async () => {
    await answered('SPY', 1, [100, 200, 300]);
    await answered('NVDA', 1, [400]);
    await answered('SPY', 2, [101, 201, 301]);
    await answered('NVDA', 2, [401]);
    const closes = ({ revisions }: Awaited<ReturnType<typeof page>>) => revisions.map(({ before }) => before.close);
    const all = closes(await page());
    const first = await page('?limit=3');
    await answered('NVDA', 3, [402]);
    const rest = await page(`?limit=3&cursor=${first.nextCursor}`);
    expect([...closes(first), ...closes(rest)]).toEqual(all);
    expect(rest.nextCursor).toBeNull();
    expect(closes(await page('?symbol=nvda'))).toEqual([401, 400]);
    expect(closes(await page('?timeframe=1d'))).toEqual([]);
    expect((await api.get('/api/revisions?symbol=NOPE')).status).toBe(404);
    expect((await api.get('/api/revisions?cursor=x')).status).toBe(400);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

const TOKEN = 'test-admin-token';

let api: ApiUnderTest;
let temporal: TestNamespace;

beforeAll(async () => {
  temporal = await createTestNamespace();
  api = await startApi({ temporal: temporal.client, adminToken: TOKEN, wallNow: () => Date.now() });
});
afterAll(async () => {
  await api.close();
  await temporal.close();
});

async function post(body: unknown) {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/pipeline/backfills',
    headers: { authorization: `Bearer ${TOKEN}` },
    payload: body as object,
  });
  return { status: answer.statusCode, json: answer.json<Record<string, unknown>>() };
}

describe('a request that cannot be carried out', () => {
  it.each([
    [{ symbols: ['SPY', 'NOPE'] }, 'symbols'],
    [{ symbols: [] }, 'symbols'],
    [{ symbols: ['BTC'], timeframes: ['1m'] }, 'timeframes'],
    [{ timeframes: ['7m'] }, 'timeframes.0'],
    [{ from: '2026-11-20', to: '2026-11-20' }, 'to'],
    [{ from: '2026-11-20', to: '2026-11-19' }, 'to'],
    [{ from: '2100-01-01', to: '2100-02-01' }, 'from'],
    [{ from: 'yesterday' }, 'from'],
    [{ from: 2026 }, 'from'],
    [{ from: true }, 'from'],
    [{ from: '2026-11-01', start: '2026-11-01' }, 'start'],
    [{ timeframe: '1m', timeframes: ['1m'] }, 'timeframe'],
    [{ reprocess: 'stored' }, 'reprocess'],
    [{ order: 'random' }, 'order'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 65 }, 'concurrency'],
    [{ waitForApproval: 'yes' }, 'waitForApproval'],
    [{ refetch: 'yes' }, 'refetch'],
    [{ reproces: 'all' }, 'reproces'],
  ])('%j names %s', async (body, parameter) => {
    const { status, json } = await post(body);
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ parameter, in: 'body' }]);
  });

  it('is told all that is wrong with it', async () => {
    const { json } = await post({ symbols: ['NOPE'], from: '2100-01-01', timeframe: '1m', timeframes: ['1d'] });
    expect(json.errors).toMatchObject([
      { parameter: 'timeframe', detail: 'means the same as timeframes: use only one of them' },
      { parameter: 'from', detail: expect.stringMatching(/^2100-01-01 is in the future: it is \d{4}-/) },
      { parameter: 'symbols', detail: expect.stringContaining('no asset NOPE') },
    ]);
  });
});

describe('the same backfill six times at once', () => {
  it('is one, whatever names and spellings it comes in; the next one is another', async () => {
    const [from, to] = ['2026-10-01', '2026-10-02'];
    const same = [
      { symbols: ['SPY', 'NVDA'], timeframe: '1d', from, to, reprocess: 'all' },
      { symbols: ['nvda', 'SPY'], timeframes: ['1d'], from, to, reprocess: 'all', order: 'newest', concurrency: 64 },
      { symbols: ['NVDA', 'SPY', 'SPY'], timeframes: ['1d'], start: from, end: to, refetch: true },
      { symbols: ['NVDA', 'SPY'], timeframe: '1d', from: `${from}T00:00:00Z`, to, refetch: true },
      { symbols: ['NVDA', 'SPY'], timeframe: '1d', from, to: '1790899200', reprocess: 'all', waitForApproval: false },
      { symbols: ['NVDA', 'SPY'], timeframe: '1d', from: Date.parse(from), to: 1_790_899_200, reprocess: 'all' },
    ];
    const sent = await Promise.all(same.map((body) => post(body)));
    for (const { status, json } of sent)
      expect([status, json.workflowId, json.runId]).toEqual([202, sent[0]!.json.workflowId, sent[0]!.json.runId]);
    const { workflowId } = sent[0]!.json;
    expect(sent[0]!.json.asked).toEqual({
      ...{ symbols: ['NVDA', 'SPY'], timeframes: ['1d'], from, to, reprocess: 'all', reason: '' },
    });
    const audits = await api.pool.query('select 1 from audit_log where subject = $1', [workflowId]);
    expect(audits.rowCount).toBe(1);
    const other = await post({ ...same[0], reprocess: 'missing' });
    expect(other.json.workflowId).not.toBe(workflowId);
  });
});

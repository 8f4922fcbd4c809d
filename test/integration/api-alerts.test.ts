import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertsSchema, RuleSchema, RulesSchema } from '../../api/alerts/alerts.schema.js';
import { startApi, type ApiUnderTest } from './api-fixture.js';

const TOKEN = 'test-admin-token';
let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
  await api.pool.query(
    `insert into alerts (kind, subject, severity, message, advice, because, since, opened_at, closed_at) values
      ('stale', 'NVDA', 'critical', 'Late.', 'Look.', null, '2026-11-23T15:00Z', '2026-11-23T15:02:50Z', '2026-11-23T15:09:50Z'),
      ('outage', 'yahoo', 'critical', 'Out.', 'Wait.', null, '2026-11-24T15:00Z', '2026-11-24T15:01:50Z', null),
      ('stale', 'SPY', 'critical', 'Late.', 'Look.', 'outage yahoo', '2026-11-24T15:00Z', '2026-11-24T15:02:50Z', null),
      ('quota', 'coingecko', 'warning', 'Short.', 'Pause.', null, '2026-11-24T15:00Z', '2026-11-24T15:02:50Z', null)`,
  );
});
afterAll(() => api.close());

const page = async (query: string) => AlertsSchema.parse((await api.get(`/api/alerts${query}`)).json);
const subjects = async (query: string) => (await page(query)).alerts.map(({ subject }) => subject);

it('lists the open alerts, newest first, and all of them a page at a time', async () => {
  expect(await subjects('')).toEqual(['coingecko', 'SPY', 'yahoo']);
  expect(await subjects('?state=all&kind=stale')).toEqual(['SPY', 'NVDA']);
  expect(await subjects('?severity=warning')).toEqual(['coingecko']);
  const first = await page('?state=all&limit=3');
  expect(first.alerts[1]).toMatchObject({ subject: 'SPY', because: 'outage yahoo', closedAt: null, toldAt: null });
  expect(await subjects(`?state=all&limit=3&cursor=${first.nextCursor}`)).toEqual(['NVDA']);
  expect((await api.get('/api/alerts?state=closed')).status).toBe(400);
});

const send = async (method: 'POST' | 'DELETE', url: string, payload?: object, token: string | null = TOKEN) => {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const { statusCode, body } = await api.app.inject({ method, url, payload, headers });
  return { status: statusCode, json: JSON.parse(body) as { detail: string } };
};
const LEVEL = { symbol: 'SPY', timeframe: '1m', measure: 'close', direction: 'above', level: 640 };

it('keeps rules, with an entry in the audit log for each change', async () => {
  const created = RuleSchema.parse((await send('POST', '/api/alerts/rules', LEVEL)).json);
  expect(created).toMatchObject({
    symbol: 'SPY',
    level: 640,
    against: null,
    words: 'the close of SPY (1m) is above 640',
  });
  const averages = { symbol: 'btc', timeframe: '30m', measure: 'sma_20', direction: 'below', against: 'sma_50' };
  expect((await send('POST', '/api/alerts/rules', averages)).status).toBe(200);
  const rules = async (query = '') => RulesSchema.parse((await api.get(`/api/alerts/rules${query}`)).json).rules;
  expect((await rules()).map(({ words }) => words)).toEqual([
    'the close of SPY (1m) is above 640',
    'the 20-bar average of BTC (30m) is below its 50-bar average',
  ]);
  expect(await rules('?symbol=spy')).toEqual([created]);
  const path = `/api/alerts/rules/${created.id}`;
  expect((await send('DELETE', `${path}?reason=sold`)).status).toBe(200);
  expect((await send('DELETE', path)).status).toBe(404);
  expect(await rules('?symbol=SPY')).toEqual([]);
  const { rows } = await api.pool.query('select actor, action, subject, reason from audit_log order by id');
  const subject = `alert_rule:${created.id}`;
  expect([rows[0], rows[2]]).toEqual([
    { actor: 'admin', action: 'alert_rule.create', subject, reason: created.words },
    { actor: 'admin', action: 'alert_rule.delete', subject, reason: 'sold' },
  ]);
});

it.each([
  [{ ...LEVEL, symbol: 'NOSUCH' }, 404, /^Unknown asset: NOSUCH/],
  [{ ...LEVEL, timeframe: '4d' }, 400, /timeframe: must be one of 1m, 1d, which are stored for SPY/],
  [{ ...LEVEL, level: null }, 400, /level: give either level or against/],
  [{ ...LEVEL, against: 'sma_20' }, 400, /level: give either level or against/],
  [{ ...LEVEL, measure: 'sma_20', level: null, against: 'sma_20' }, 400, /against: must differ from measure/],
  [{ ...LEVEL, level: -1 }, 400, /level: must be greater than 0/],
  [{ ...LEVEL, direction: 'up' }, 400, /direction: must be one of above, below/],
])('refuses the rule %j with %i', async (rule, status, words) => {
  expect(await send('POST', '/api/alerts/rules', rule)).toMatchObject({
    status,
    json: { detail: expect.stringMatching(words) },
  });
});

it('needs the token to change a rule', async () => {
  expect((await send('POST', '/api/alerts/rules', LEVEL, null)).status).toBe(401);
  expect((await send('DELETE', '/api/alerts/rules/1', undefined, null)).status).toBe(401);
});

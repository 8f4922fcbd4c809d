import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MarketClosuresSchema } from '../../api/markets/closures.schema.js';
import { setClosures } from '../../domain/calendars/index.js';
import { startApi, storeBars, storeCoverage, type ApiUnderTest } from './api-fixture.js';

const TOKEN = 'test-admin-token';
const OF_FILE = { exchange: 'XNYS', date: '2026-12-03', closed: 'Storm' };
/** A Monday with a session, the Friday before, and the Tuesday after. */
const [FRIDAY, MONDAY, TUESDAY] = ['2026-11-13', '2026-11-16', '2026-11-17'];

let api: ApiUnderTest;
let spy: number;
beforeAll(async () => {
  setClosures('file', [OF_FILE]);
  api = await startApi({ adminToken: TOKEN, closures: { closures: [OF_FILE], problems: [] } });
  spy = api.assets.get('SPY')!;
  for (const day of [FRIDAY, TUESDAY])
    await storeBars(api.pool, { asset: spy, timeframe: '1d', from: day, to: day, step: '1 day' });
  await api.pool.query(`insert into series (asset_id, timeframe) values ($1, '1d')`, [spy]);
  await storeCoverage(api.pool, spy, MONDAY, false);
});
afterAll(async () => {
  setClosures('file', []);
  setClosures('database', []);
  await api.close();
});

const write = async (method: 'POST' | 'DELETE', url: string, payload?: object) => {
  const { statusCode, body } = await api.app.inject({
    ...{ method, url, payload },
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return { status: statusCode, json: JSON.parse(body) as Record<string, unknown> & { detail: string } };
};
const close = (date: string, mic = 'XNYS') =>
  write('POST', `/api/markets/${mic}/closures`, { date, reason: 'Day of mourning' });
const reopen = (date: string, mic = 'XNYS') => write('DELETE', `/api/markets/${mic}/closures/${date}?reason=undone`);
const sessions = async (date: string) => {
  const end = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
  return (await api.get(`/api/markets/XNYS/sessions?start=${date}&end=${end}`)).json.sessions;
};
const closures = async () =>
  MarketClosuresSchema.parse((await api.get('/api/markets/XNYS/closures')).json).closures.map(({ date }) => date);
const rows = async (sql: string) => (await api.pool.query<Record<string, unknown>>(sql)).rows;
const returnOnTuesday = async () =>
  (await rows(`select daily_return from bars where session = '${TUESDAY}'`))[0]!.daily_return;

describe('closing a market at run time', () => {
  it('takes the session away, shows the reason with the market, and is taken back exactly', async () => {
    const coverage = () => rows('select * from coverage order by session');
    const before = [await coverage(), await returnOnTuesday()];
    expect(await close('2026-11-24')).toMatchObject({
      status: 200,
      json: { mic: 'XNYS', closures: [{ date: '2026-11-24', reason: 'Day of mourning', list: 'database' }, {}] },
    });
    expect(await sessions('2026-11-24')).toEqual([]);
    const { markets } = (await api.get('/api/markets/status')).json as unknown as { markets: object[] };
    expect(markets[0]).toMatchObject({ mic: 'XNYS', state: 'closed', session: null, holiday: 'Day of mourning' });
    expect((await close(MONDAY)).status).toBe(200);
    expect((await reopen(MONDAY)).status).toBe(200);
    expect((await reopen('2026-11-24')).status).toBe(200);
    expect(await sessions('2026-11-24')).toHaveLength(1);
    expect([await coverage(), await returnOnTuesday()]).toEqual(before);
    expect(
      await rows(`select actor, action, subject, reason from audit_log where subject like '% 2026-11-24' order by id`),
    ).toEqual([
      { actor: 'admin', action: 'market.close', subject: 'XNYS 2026-11-24', reason: 'Day of mourning' },
      { actor: 'admin', action: 'market.reopen', subject: 'XNYS 2026-11-24', reason: 'undone' },
    ]);
  });

  it('changes what the daily returns of the next session refer to', async () => {
    expect(await returnOnTuesday()).toBeNull();
    await api.pool.query(`update bars set close = 101 where session = $1`, [TUESDAY]);
    await close(MONDAY);
    expect(await returnOnTuesday()).toBe(101 / 100.25 - 1);
    await reopen(MONDAY);
    expect(await returnOnTuesday()).toBeNull();
  });

  it('is seen at once in answers that were kept', async () => {
    const series = '/api/stocks/SPY/ohlcv?timeframe=1d&range=5d';
    const first = await api.get(series);
    expect(first.json).toMatchObject({ meta: { start: '2026-11-11T00:00:00Z' }, bars: [{}, {}] });
    await close(MONDAY);
    expect((await api.get(series)).json.meta).toMatchObject({ start: '2026-11-10T00:00:00Z' });
    await reopen(MONDAY);
    expect((await api.get(series)).text).toBe(first.text);
  });

  it('lists the days of the closures file beside those of operators; an operator cannot take them back', async () => {
    await close('2026-12-02');
    expect(await closures()).toEqual(['2026-12-02', '2026-12-03']);
    expect(await reopen('2026-12-03')).toMatchObject({
      status: 409,
      json: { detail: 'no operator has closed XNYS on 2026-12-03.' },
    });
    await reopen('2026-12-02');
    expect(await closures()).toEqual(['2026-12-03']);
  });

  it.each([
    [TUESDAY, 'XNYS', 409, /^XNYS traded on 2026-11-17: bars of that day are stored, of SPY \(1\)/],
    ['2026-11-26', 'XNYS', 400, /has no session on 2026-11-26 anyway: Thanksgiving/],
    ['2026-11-28', 'XNYS', 400, /it is not a regular trading day/],
    ['25.11.2026', 'XNYS', 400, /date must be YYYY-MM-DD, not 25\.11\.2026/],
    ['2026-11-25', '24%2F7', 400, /unknown exchange 24\/7; known: 24\/5, ASEX/],
    ['2026-11-25', 'XNAS', 404, /^Unknown market: XNAS/],
  ])('refuses %s of %s with %i', async (date, mic, status, words) => {
    const before = await closures();
    const refused = await close(date, mic);
    expect(refused).toMatchObject({ status, json: { detail: expect.stringMatching(words) } });
    expect(await closures()).toEqual(before);
  });

  it('refuses a day twice, and one that nobody closed; of many at once, one closes it', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => close('2026-12-07')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect((await reopen('2026-12-07')).status).toBe(200);
    expect((await reopen('2026-12-07')).status).toBe(409);
  });

  it('needs the token', async () => {
    const { statusCode } = await api.app.inject({
      ...{ method: 'POST', url: '/api/markets/XNYS/closures' },
      payload: { date: '2026-12-08', reason: 'x' },
    });
    expect(statusCode).toBe(401);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MarketsSchema, SessionsSchema } from '../../api/markets/markets.schema.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';

let api: ApiUnderTest;

beforeAll(async () => {
  // an hour and a half before the fixture's wall clock: 14:00Z, before New York opens
  api = await startApi({ clockOffsetMs: -90 * 60_000 });
});
afterAll(() => api.close());

describe('the status of the markets', () => {
  it('goes by the market clock, and shows the four exchanges and what assets trade on', async () => {
    const { status, json } = await api.get('/api/markets/status');
    expect(status).toBe(200);
    const body = MarketsSchema.strict().parse(json);
    expect(body).toMatchObject({ at: '2026-11-24T14:00:20.000Z', offsetSeconds: -5_400 });
    expect(body.markets.map(({ mic, name, state }) => [mic, name, state])).toEqual([
      ['XNYS', 'New York', 'closed'],
      ['XPAR', 'Paris', 'open'],
      ['XHKG', 'Hong Kong', 'closed'],
      ['XETR', 'Frankfurt (Xetra)', 'open'],
      ['24/7', 'Around the clock', 'open'],
    ]);
    expect(body.markets[0]).toEqual({
      mic: 'XNYS',
      name: 'New York',
      timezone: 'America/New_York',
      state: 'closed',
      date: '2026-11-24',
      session: {
        date: '2026-11-24',
        open: '2026-11-24T14:30:00Z',
        close: '2026-11-24T21:00:00Z',
        breaks: [],
        earlyClose: false,
      },
      holiday: null,
      next: { at: '2026-11-24T14:30:00Z', to: 'open' },
    });
    expect(body.markets[2]!.session!.breaks).toEqual([{ start: '2026-11-24T04:00:00Z', end: '2026-11-24T05:00:00Z' }]);
  });
});

describe('the sessions of a market', () => {
  const sessions = async (path: string) => SessionsSchema.strict().parse((await api.get(path)).json);

  it('are those of a half-open window of dates, with holidays left out and half days marked', async () => {
    const body = await sessions('/api/markets/xnys/sessions?start=2026-11-25&end=2026-12-01');
    expect(body).toMatchObject({ mic: 'XNYS', timezone: 'America/New_York', knownUntil: '2027-12-31' });
    expect(body.sessions.map(({ session, earlyClose }) => [session, earlyClose])).toEqual([
      ['2026-11-25', false],
      ['2026-11-27', true],
      ['2026-11-30', false],
    ]);
    expect(body.sessions[1]).toMatchObject({ open: '2026-11-27T14:30:00Z', close: '2026-11-27T18:00:00Z' });
  });

  it('are by themselves those of the coming month, and every day of the market that never closes', async () => {
    const coming = await sessions('/api/markets/XHKG/sessions');
    expect(coming.sessions[0]!.session).toBe('2026-11-24');
    expect(coming.sessions.at(-1)!.session).toBe('2026-12-24');
    const coins = await sessions('/api/markets/24%2F7/sessions?start=2026-11-28&end=2026-11-30');
    expect(coins.sessions.map(({ session }) => session)).toEqual(['2026-11-28', '2026-11-29']);
  });

  it('end with the data of the calendar, and begin with them', async () => {
    const late = await sessions('/api/markets/XNYS/sessions?start=2027-12-30&end=2028-02-01');
    expect(late.sessions.map(({ session }) => session)).toEqual(['2027-12-30', '2027-12-31']);
    const early = await sessions('/api/markets/XPAR/sessions?start=1985-01-01&end=1990-01-04');
    expect(early.sessions.map(({ session }) => session)).toEqual(['1990-01-02', '1990-01-03']);
  });

  it.each([
    ['XNAS/sessions', 404],
    ['XNYS/sessions?start=2026-11-25&end=2026-11-25', 400],
    ['XNYS/sessions?start=2026-11-31', 400],
    ['XNYS/sessions?start=2000-01-01&end=2026-01-01', 400],
    ['XNYS/sessions?from=2026-11-25', 400],
    ['status?mic=XNYS', 400],
  ])('%s is a problem: %i', async (path, status) => {
    const answer = await api.get(`/api/markets/${path}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
  });
});

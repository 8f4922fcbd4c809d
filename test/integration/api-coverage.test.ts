import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CoverageMatrixSchema, CoverageSchema, CoverageSummarySchema } from '../../api/coverage/coverage.schema.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { eventually } from '../environment/eventually.js';
import { loadPayload } from '../factories.js';
import { type ApiUnderTest, NOW, startApi } from './api-fixture.js';

const at = Date.parse;
const SESSIONS = calendarOf('XNYS').sessionsBetween(at('2026-11-18T00:00Z'), NOW);
const [wednesday, thursday, friday, monday, today] = SESSIONS as [Session, Session, Session, Session, Session];
type Session = (typeof SESSIONS)[number];

let api: ApiUnderTest;
let spy: number;

/** Minutes from one to before another one of a session, without some. */
const minutes = ({ open }: Session, from: number, to: number, without: number[] = []) =>
  Array.from({ length: to - from }, (_, i) => from + i)
    .filter((i) => !without.includes(i))
    .map((i) => ({ time: open + i * MINUTE, close: 100 + (i % 7) }));
const load = (fetchedAt: number, session: Session, bars: ReturnType<typeof minutes>, to = session.close) =>
  loadPayload(api.pool, spy, { fetchedAt, window: { from: session.open, to }, minutes: bars });

beforeAll(async () => {
  api = await startApi();
  spy = api.assets.get('SPY')!;
  const { pool } = api;
  // begins in the middle of a session; a session with two minutes without a trade; nobody has asked for Friday's
  await load(wednesday.close + HOUR, wednesday, minutes(wednesday, 100, 390));
  await load(thursday.close + 7 * HOUR, thursday, minutes(thursday, 0, 390, [5, 6]));
  await load(monday.close + HOUR, monday, minutes(monday, 0, 390, [3, 200]));
  await load(NOW - 10_000, today, minutes(today, 0, 58, [57]), today.open + 58 * MINUTE);
  await pool.query(
    `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw) values (1, $1, '1m', $2, 1, 'ohlc_order', '{}')`,
    [spy, new Date(monday.open + 200 * MINUTE)],
  );
  await pool.query(
    `insert into daily_differences (asset_id, session, open, high, low, close, volume, minutes, expected, checked_at)
    values ($1, $2, 0, 0.0001, 0, -0.0002, null, 388, 390, '2026-11-21T00:00Z')`,
    [spy, thursday.date],
  );
});
afterAll(() => api.close());

const sessionsOf = (json: unknown) => CoverageSchema.strict().parse(json).sessions;

describe('the coverage of a series', () => {
  it('tells the state of every expected bar, session by session, the newest first', async () => {
    const { status, json } = await api.get('/api/coverage/spy');
    expect(status).toBe(200);
    expect(json).toMatchObject({ symbol: 'SPY', exchange: 'XNYS', timeframe: '1m', nextCursor: null });
    const rows = sessionsOf(json).map(({ hash: _h, verifiedAt: _v, quality: _q, nextAttemptAt, ...row }) => ({
      ...row,
      waits: nextAttemptAt !== null,
    }));
    const whole = { unobtainable: 0, firstPending: null, attempts: 0, waits: false, pending: 0, empty: 0, reasons: {} };
    expect(rows).toEqual([
      {
        ...{ session: today.date, expected: 60, filled: 57, empty: 0, pending: 3, unobtainable: 0 },
        reasons: { null_at_provider: 1, not_asked: 2 },
        ...{ firstPending: '2026-11-24T15:27:00Z', attempts: 1, waits: true },
      },
      {
        ...{ session: monday.date, expected: 390, filled: 388, empty: 0, pending: 2, unobtainable: 0 },
        reasons: { null_at_provider: 1, rejected: 1 },
        ...{ firstPending: '2026-11-23T14:33:00Z', attempts: 1, waits: true },
      },
      {
        ...{ session: friday.date, expected: 390, filled: 0, empty: 0, pending: 390, unobtainable: 0 },
        reasons: { not_asked: 390 },
        ...{ firstPending: '2026-11-20T14:30:00Z', attempts: 0, waits: false },
      },
      { ...whole, session: thursday.date, expected: 390, filled: 388, empty: 2 },
      { ...whole, session: wednesday.date, expected: 290, filled: 290 },
    ]);
  });

  it('is of the timeframe that is asked for; one without a bar expects nothing', async () => {
    expect((await api.get('/api/coverage/SPY?timeframe=1d')).json).toMatchObject({ timeframe: '1d', sessions: [] });
    expect((await api.get('/api/coverage/btc')).json).toMatchObject({ timeframe: '30m', sessions: [] });
    const wrong = await api.get('/api/coverage/SPY?timeframe=4h');
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('it has 1m, 1d')]);
  });

  it('hashes the stored bars as it says, and tells a change by SQL', async () => {
    const hashOf = async () =>
      sessionsOf((await api.get('/api/coverage/SPY?start=2026-11-19&end=2026-11-20')).json)[0]!.hash;
    const { json } = await api.get('/api/stocks/SPY/ohlcv?timeframe=1m&start=2026-11-19&end=2026-11-20&limit=390');
    const hash = createHash('sha256');
    for (const { time, open, high, low, close, volume } of json.bars as Record<string, number | string>[]) {
      const bytes = Buffer.alloc(48);
      bytes.writeBigInt64BE(BigInt(at(time as string)));
      [open, high, low, close, volume ?? Number.NaN].forEach((value, i) =>
        bytes.writeDoubleBE(value as number, 8 + 8 * i),
      );
      hash.update(bytes);
    }
    const before = await hashOf();
    expect(before).toBe(hash.digest('hex'));
    await api.pool.query(`update bars set volume = null where asset_id = $1 and time = $2`, [
      spy,
      new Date(thursday.open),
    ]);
    const after = await hashOf();
    expect(after).not.toBe(before);
    expect(sessionsOf((await api.get('/api/coverage/SPY?start=2026-11-20&end=2026-11-21')).json)[0]!.hash).toBeNull();
  });

  it("brings the difference to the provider's day along, where there is one", async () => {
    const rows = sessionsOf((await api.get('/api/coverage/SPY')).json);
    const quality = { open: 0, high: 0.0001, low: 0, close: -0.0002, volume: null, minutes: 388, expected: 390 };
    expect(rows.map((row) => row.quality)).toEqual([
      ...[null, null, null, { ...quality, checkedAt: '2026-11-21T00:00:00.000Z' }, null],
    ]);
  });

  it('counts again what SQL has changed', async () => {
    const { pool } = api;
    const time = new Date(thursday.open + 10 * MINUTE);
    const removed = await pool.query('delete from bars where asset_id = $1 and time = $2 returning *', [spy, time]);
    const thursdayOf = async () =>
      sessionsOf((await api.get('/api/coverage/SPY?start=2026-11-19&end=2026-11-20')).json)[0];
    expect(await thursdayOf()).toMatchObject({
      filled: 387,
      empty: 2,
      pending: 1,
      reasons: { lost: 1 },
      firstPending: '2026-11-19T14:40:00Z',
      verifiedAt: null,
    });
    const columns = Object.keys(removed.rows[0] as object);
    await pool.query(
      `insert into bars (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(removed.rows[0] as object),
    );
    expect(await thursdayOf()).toMatchObject({ filled: 388, empty: 2, pending: 0, reasons: {} });
  });

  it('has the bars that SQL has brought from the first response on, whichever it is', async () => {
    const { pool, assets } = api;
    const brought = async (symbol: string) => {
      const { rows } = await pool.query<{ columns: string }>(
        `select string_agg(column_name, ', ') as columns from information_schema.columns
        where table_name = 'bars' and column_name <> 'asset_id'`,
      );
      const { columns } = rows[0]!;
      await pool.query(
        `insert into bars (asset_id, ${columns}) select $1, ${columns} from bars where asset_id = $2 and session = $3`,
        [assets.get(symbol), spy, thursday.date],
      );
    };
    await brought('NVDA');
    const { json } = await api.get('/api/coverage/NVDA?start=2026-11-19&end=2026-11-20');
    expect(sessionsOf(json)).toMatchObject([{ session: thursday.date, filled: 388 }]);
    await brought('MSFT');
    const matrix = CoverageMatrixSchema.parse((await api.get('/api/coverage/matrix')).json);
    expect(matrix.assets.find(({ symbol }) => symbol === 'MSFT')).toMatchObject({ filled: [null, 388, 0, 0, 0] });
    const added = [assets.get('NVDA'), assets.get('MSFT')];
    for (const table of ['bars', 'coverage', 'series'])
      await pool.query(`delete from ${table} where asset_id = any($1)`, [added]);
  });

  it('comes in pages that meet, from either end', async () => {
    for (const sort of ['asc', 'desc'] as const) {
      const dates: string[] = [];
      let url: string | null = `/api/coverage/SPY?limit=2&sort=${sort}`;
      while (url) {
        const { json } = await api.get(url);
        dates.push(...sessionsOf(json).map(({ session }) => session));
        url = json.nextCursor ? `/api/coverage/SPY?limit=2&cursor=${json.nextCursor}` : null;
      }
      const ascending = SESSIONS.map(({ date }) => date);
      expect(dates).toEqual(sort === 'asc' ? ascending : ascending.toReversed());
    }
    const { json } = await api.get('/api/coverage/SPY?limit=1&start=2026-11-19&end=2026-11-21T12:00Z');
    const again = await api.get(
      `/api/coverage/SPY?limit=9&start=2026-11-19&end=2026-11-21T12:00Z&cursor=${json.nextCursor}`,
    );
    expect([json, again.json].map((body) => sessionsOf(body).map(({ session }) => session))).toEqual([
      [friday.date],
      [thursday.date],
    ]);
    expect(again.json.nextCursor).toBeNull();
  });

  it.each([
    ['/api/coverage/NOPE', 404, 'Unknown asset: NOPE.'],
    ['/api/coverage/SPY?timeframe=2m', 400, 'timeframe: must be one of'],
    ['/api/coverage/SPY?limit=0', 400, 'limit: must be a whole number'],
    ['/api/coverage/SPY?start=2026-11-20&end=2026-11-20', 400, 'end: must be a later date than start'],
    ['/api/coverage/SPY?cursor=nonsense', 400, 'cursor: not a cursor of this endpoint'],
    ['/api/coverage?sort=asc', 400, 'sort: unknown parameter'],
    ['/api/coverage/matrix?sessions=121', 400, 'sessions: must be a whole number from 1 to 120'],
  ])('says what is wrong with %s', async (url, status, detail) => {
    const answer = await api.get(url);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(answer.json.detail).toContain(detail);
  });

  it('takes a cursor with its own request only', async () => {
    const { json } = await api.get('/api/coverage/SPY?limit=1');
    for (const url of [
      `/api/coverage/NVDA?cursor=${json.nextCursor}`,
      `/api/coverage/SPY?sort=asc&cursor=${json.nextCursor}`,
    ])
      expect((await api.get(url)).json.detail).toContain('belongs to a request with a different symbol or parameters');
  });
});

describe('the summary of all series', () => {
  it('adds up, and names what is missing', async () => {
    const { json } = await api.get('/api/coverage');
    const { totals, series } = CoverageSummarySchema.strict().parse(json);
    expect(series).toHaveLength(7 * 2 + 4 * 3);
    expect(series[0]).toMatchObject({
      ...{ symbol: 'SPY', assetClass: 'stock', exchange: 'XNYS', timeframe: '1m' },
      ...{ expected: 1520, filled: 1123, empty: 2, pending: 395, unobtainable: 0 },
      reasons: { null_at_provider: 2, rejected: 1, not_asked: 392 },
      ...{
        sessions: 5,
        firstSession: wednesday.date,
        lastSession: today.date,
        pendingSessions: 3,
        oldestPending: friday.date,
      },
    });
    expect(series[1]).toMatchObject({ symbol: 'SPY', timeframe: '1d', expected: 0, sessions: 0, firstSession: null });
    expect(totals).toEqual({
      assets: 11,
      ...{ expected: 1520, filled: 1123, empty: 2, pending: 395, unobtainable: 0 },
      reasons: { null_at_provider: 2, rejected: 1, not_asked: 392 },
    });
  });

  it('can be of one timeframe, and leaves out what is no longer tracked', async () => {
    await api.pool.query(`update assets set active = false where symbol = 'URTH'`);
    const summary = async () => CoverageSummarySchema.parse((await api.get('/api/coverage?timeframe=1d')).json);
    // the API caches assets for a moment
    await eventually(async () => expect((await summary()).totals.assets).toBe(6));
    expect(new Set((await summary()).series.map(({ timeframe }) => timeframe))).toEqual(new Set(['1d']));
    await api.pool.query(`update assets set active = true where symbol = 'URTH'`);
    await eventually(async () => expect((await api.get('/api/assets/list')).json.assets).toHaveLength(11));
  });

  it('has an ETag', async () => {
    const { headers } = await api.get('/api/coverage');
    expect((await api.get('/api/coverage', { 'if-none-match': headers.etag! })).status).toBe(304);
  });
});

describe('the matrix of assets and trading dates', () => {
  it('has a number a state for each session, and null where there is none', async () => {
    const matrix = CoverageMatrixSchema.strict().parse((await api.get('/api/coverage/matrix')).json);
    expect(matrix.sessions).toEqual(SESSIONS.map(({ date }) => date));
    expect(matrix.assets).toHaveLength(11);
    expect(matrix.assets[0]).toEqual({
      ...{ symbol: 'SPY', assetClass: 'stock', exchange: 'XNYS', timeframe: '1m' },
      expected: [290, 390, 390, 390, 60],
      filled: [290, 388, 0, 388, 57],
      empty: [0, 2, 0, 0, 0],
      pending: [0, 0, 390, 2, 3],
      unobtainable: [0, 0, 0, 0, 0],
    });
    expect(matrix.assets.at(-1)).toMatchObject({ symbol: 'XRP', timeframe: '30m', expected: Array(5).fill(null) });
  });

  it('holds the newest dates, of one timeframe where that is asked for', async () => {
    const newest = CoverageMatrixSchema.parse((await api.get('/api/coverage/matrix?sessions=2&timeframe=1m')).json);
    expect(newest.sessions).toEqual([monday.date, today.date]);
    expect(newest.assets.map(({ symbol }) => symbol)).toEqual([
      'SPY',
      'NVDA',
      'MSFT',
      'SIE.DE',
      'GOOGL',
      'PLTR',
      'URTH',
    ]);
    expect(newest.assets[0]).toMatchObject({ expected: [390, 60], pending: [2, 3] });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QuarantinePageSchema, type QuarantinePageBody } from '../../api/quarantine/quarantine.schema.js';
import { mergeRejected } from '../../db/repositories/upkeep/merge-rejected.js';
import { HOUR, MINUTE } from '../../domain/timeframe.js';
import { around, type Cells, ingestWirePayload, storeWirePayload, yahooBody } from '../wire-payloads.js';
import { type ApiUnderTest, startApi } from './api-fixture.js';
import {
  answer,
  audit,
  BAD_VOLUME,
  coverage,
  decide,
  empty,
  minute,
  REASON,
  session,
  TOKEN,
} from './quarantine-fixture.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
});
afterAll(() => api.close());
beforeEach(() => empty(api.pool));

/** One row of each kind of rule. */
const BAD_ROWS: Cells[] = [
  around(100),
  [100, 99, 98, 100, 5],
  [100, 101, 0, 100, 5],
  [100, 101, 99, null, 5],
  around(100, -1),
];

const page = async (query = '') => {
  const { json, status } = await api.get(`/api/quarantine${query}`);
  expect(status).toBe(200);
  QuarantinePageSchema.parse(json);
  return json as unknown as QuarantinePageBody;
};

describe('the quarantine', () => {
  it('lists rows with the rule that they broke, newest first, in pages that stay stable while rows are added', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_ROWS));
    const { rejected } = await page();
    expect(rejected.map(({ rule, releasable, time }) => [rule, releasable, time])).toEqual([
      ['bad_volume', true, new Date(minute(4)).toISOString()],
      ['null_cell', false, new Date(minute(3)).toISOString()],
      ['not_positive', true, new Date(minute(2)).toISOString()],
      ['ohlc_order', false, new Date(minute(1)).toISOString()],
    ]);
    expect(rejected[0]).toMatchObject({
      symbol: 'SPY',
      row: 4,
      doc: 'A volume is either unknown or a finite number that is not negative.',
      raw: { stamp: minute(4), open: 100, high: 101, low: 99.5, close: 100, volume: -1 },
      state: 'open',
      payload: { id: 1, isKept: true },
      decision: null,
    });
    const first = await page('?limit=3');
    await ingestWirePayload(api.pool, answer(api, BAD_ROWS, session.open + 2 * HOUR));
    const second = await page(`?limit=3&cursor=${first.nextCursor}`);
    expect([...first.rejected, ...second.rejected].map(({ id }) => id)).toEqual(rejected.map(({ id }) => id));
    expect(second.nextCursor).toBeNull();
  });

  it('has one entry for a row that is sent again, and for a payload that is refused as a whole again', async () => {
    const refused = {
      ...answer(api, BAD_ROWS),
      body: yahooBody(
        'SPX',
        BAD_ROWS.map((cells, i) => [minute(i), cells]),
      ),
    };
    for (const fetchedAt of [1, 2, 3].map((hour) => session.open + hour * HOUR + MINUTE)) {
      await ingestWirePayload(api.pool, { ...refused, fetchedAt });
      await ingestWirePayload(api.pool, answer(api, [...BAD_ROWS, BAD_ROWS[1]!], fetchedAt));
    }
    const { rejected } = await page();
    expect(rejected.map(({ rule, timesSent, payload }) => [rule, timesSent, payload.id])).toEqual([
      ['ohlc_order', 3, 6],
      ...['bad_volume', 'null_cell', 'not_positive', 'ohlc_order'].map((rule) => [rule, 3, 6]),
      ...Array.from({ length: 5 }, () => ['wrong_symbol', 3, 5]),
    ]);
    const { rows } = await api.pool.query(
      `select payload_id::int as payload, count(*)::int as rows from rejected_rows group by 1 order by 1`,
    );
    expect(rows).toEqual([1, 2, 3, 4, 5, 6].map((payload) => ({ payload, rows: 5 })));
    await decide(api, `${rejected[0]!.id}/dismiss`);
    await ingestWirePayload(api.pool, answer(api, [...BAD_ROWS, BAD_ROWS[1]!], session.open + 4 * HOUR));
    expect((await page('?state=open')).rejected[0]).toMatchObject({ rule: 'ohlc_order', timesSent: 1 });
  });

  describe('beside a worker of an earlier release, which makes an entry of each bad row', () => {
    const insertAsThen = (payloadId: number) =>
      api.pool.query(
        `insert into rejected_bars (payload_id, asset_id, timeframe, time, row, rule, raw, state)
          select $1, asset_id, timeframe, time, row, rule, raw, 'open' from rejected_bars where id <= 4
          on conflict (payload_id, row, rule) do nothing`,
        [payloadId],
      );
    const sendAgain = (hour: number) => ingestWirePayload(api.pool, answer(api, BAD_ROWS, session.open + hour * HOUR));
    const entries = async () => (await page()).rejected.map(({ timesSent, state }) => [timesSent, state]);
    const rowsOfPayloads = async () => {
      const { rows } = await api.pool.query<{ rows: number }>(
        'select count(*)::int as rows from rejected_rows group by payload_id order by payload_id',
      );
      return rows.map(({ rows: count }) => count);
    };

    it('has no row twice that the worker records again', async () => {
      for (const hour of [2, 3, 4]) await sendAgain(hour);
      for (const payloadId of [1, 2, 3]) await insertAsThen(payloadId);
      expect(await entries()).toEqual(Array.from({ length: 4 }, () => [3, 'open']));
      expect(await rowsOfPayloads()).toEqual([4, 4, 4]);
    });

    it('has each row once before its entries are merged, and one undecided entry afterwards', async () => {
      await sendAgain(2);
      for (const hour of [3, 4])
        await insertAsThen(await storeWirePayload(api.pool, answer(api, BAD_ROWS, session.open + hour * HOUR)));
      await sendAgain(5);
      expect(await entries()).toHaveLength(12);
      expect(await rowsOfPayloads()).toEqual([4, 4, 4, 4]);
      await decide(api, '1/dismiss');
      const merged = [await mergeRejected(api.pool, 3), await mergeRejected(api.pool), await mergeRejected(api.pool)];
      expect(merged).toEqual([1, 6, 0]);
      expect(await entries()).toEqual([...[4, 4, 4, 3].map((sent) => [sent, 'open']), [1, 'dismissed']]);
      expect(await rowsOfPayloads()).toEqual([4, 4, 4, 4]);
    });
  });

  it('makes a payload that is refused as a whole wait for its next attempt', async () => {
    const refused = (rows: number, atMinute: number) =>
      ingestWirePayload(api.pool, {
        ...answer(api, BAD_ROWS.slice(0, rows), minute(atMinute)),
        body: yahooBody('SPX', [[minute(0), BAD_ROWS[0]!]]),
      });
    await refused(3, 10);
    expect(await coverage(api)).toMatchObject({ filled: 0, due: false });
    await api.pool.query(`update coverage set attempts = 4, next_attempt_at = now() + interval '10 minutes'`);
    await refused(4, 11); // with one more minute, which does not hasten the others
    const { rows } = await api.pool.query(
      `select attempts, next_attempt_at > now() + interval '9 minutes' as waits from coverage`,
    );
    expect(rows).toEqual([{ attempts: 4, waits: true }]);
  });

  it('stores a bar whose open is unknown, and lists its row only on request', async () => {
    await ingestWirePayload(api.pool, answer(api, [around(100), [0, 101, 99, 100.5, 5], around(101)]));
    const { rows } = await api.pool.query('select open, high, low, close, volume from bars order by time');
    expect(rows[1]).toMatchObject({ open: 100.5, high: 101, low: 99, close: 100.5 });
    expect(rows).toHaveLength(3);
    expect((await page()).rejected).toEqual([]);
    const { rejected } = await page('?state=stored');
    expect(rejected).toMatchObject([{ rule: 'unknown_open', row: 1, releasable: false, raw: { open: 0 } }]);
    const { status, json } = await decide(api, `${rejected[0]!.id}/release`);
    expect([status, json.type]).toEqual([409, expect.stringContaining('already-released')]);
  });

  it('can be filtered by symbol, timeframe, rule and state', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_ROWS));
    await api.pool.query(`update rejected_bars set state = 'dismissed' where rule = 'null_cell'`);
    const count = async (query: string) => (await page(query)).rejected.length;
    expect(await count('?symbol=spy&timeframe=1m')).toBe(4);
    expect(await count('?symbol=NVDA')).toBe(0);
    expect(await count('?timeframe=1d')).toBe(0);
    expect(await count('?rule=ohlc_order')).toBe(1);
    expect(await count('?state=dismissed')).toBe(1);
    expect(await count('?state=open&rule=null_cell')).toBe(0);
    expect((await api.get('/api/quarantine?symbol=NOPE')).status).toBe(404);
    expect((await api.get('/api/quarantine?rule=step')).json.detail).toContain('rule: must be one of wrong_symbol');
  });

  it('accepts a decision only with the admin token, on an existing row, with a reason', async () => {
    expect((await decide(api, '1/dismiss', {}, 'Bearer another')).status).toBe(401);
    expect((await decide(api, '1/release', {}, '')).status).toBe(401);
    expect((await decide(api, '1/dismiss')).status).toBe(404);
    expect((await decide(api, 'x1/release')).status).toBe(404);
    expect((await decide(api, '1/dismiss', { reason: '  ' })).json.detail).toBe(
      'reason: must have at least 3 characters',
    );
    expect((await decide(api, '1/dismiss', { reason: REASON, state: 'open' })).json.detail).toContain(
      'state: unknown member',
    );
    expect(await audit(api)).toEqual([]);
  });
});

describe('a row that is dismissed', () => {
  it('is not stored, and its bar is requested again at once; the decision is kept, once', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_ROWS));
    expect(await coverage(api)).toMatchObject({ filled: 1, pending: 4, due: false });
    const { status, json } = await decide(api, '1/dismiss');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: 1,
      state: 'dismissed',
      decision: { actor: 'admin', action: 'rejected.dismiss', reason: REASON },
    });
    expect(await coverage(api)).toMatchObject({ filled: 1, pending: 4, due: true });
    expect((await decide(api, '1/dismiss', { reason: 'once more' })).json).toMatchObject({
      decision: { reason: REASON },
    });
    expect(await audit(api)).toEqual([
      { actor: 'admin', action: 'rejected.dismiss', subject: 'rejected_bar:1', reason: REASON },
    ]);
  });
});

describe('a release', () => {
  it.each([
    [
      'its prices are wrong',
      'not-releasable',
      `update rejected_bars set rule = 'ohlc_order'`,
      'No price is above the high',
    ],
    [
      'its rule no longer exists',
      'not-releasable',
      `update rejected_bars set rule = 'of_old'`,
      'This rule no longer exists',
    ],
    [
      'its payload is past the retention period',
      'payload-forgotten',
      'update raw_payloads set body = null',
      'is no longer stored',
    ],
    [
      'a split is being applied',
      'split-pending',
      `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id) select id, 'split', '2026-11-23', 2, 1, 1 from assets`,
      'its loads are held back',
    ],
  ])('is refused where %s', async (_, type, statement, detail) => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    await api.pool.query(statement);
    const { status, json } = await decide(api, '1/release');
    expect([status, json.type]).toEqual([409, `urn:barkeep:${type}`]);
    expect(json.detail).toContain(detail);
    expect(await audit(api)).toEqual([]);
    expect((await page()).rejected[0]!.state).toBe('open');
  });

  it('can be repeated if Temporal was unreachable, and is audited once', async () => {
    await ingestWirePayload(api.pool, answer(api, BAD_VOLUME));
    for (const attempt of [1, 2]) {
      const { status, headers, json } = await decide(api, '1/release');
      expect([attempt, status, json.type]).toEqual([attempt, 503, 'urn:barkeep:unavailable']);
      expect(headers['retry-after']).toBe('5');
    }
    expect(await audit(api)).toHaveLength(1);
  });
});

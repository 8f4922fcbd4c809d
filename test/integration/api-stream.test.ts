import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeOf } from '../../api/stream/sse.js';
import { BarsEventSchema } from '../../api/stream/stream.schema.js';
import { isBefore } from '../../db/repositories/read/bar-change-log.js';
import { renameAsset } from '../../db/repositories/upkeep/asset-changes.js';
import { inTransaction } from '../../db/transaction.js';
import { MINUTE } from '../../domain/timeframe.js';
import { eventually } from '../environment/eventually.js';
import { EventStream } from '../event-stream.js';
import { loadPayload } from '../factories.js';
import { type ApiUnderTest, PATIENT, startApi } from './api-fixture.js';

const OPEN = Date.parse('2026-11-24T14:30:00Z');

let api: ApiUnderTest;
let url: string;
const open: EventStream[] = [];

beforeAll(async () => {
  api = await startApi({ mode: 'sandbox' });
  await api.app.listen(0, '127.0.0.1');
  url = `${await api.app.getUrl()}/api/stream`;
});
afterAll(() => api.close());
beforeEach(() => api.pool.query('truncate bars, bar_changes, coverage, batches, raw_payloads, series'));
afterEach(() => Promise.all(open.splice(0).map((stream) => stream.close())));

async function connect(query = '', headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await EventStream.open(url + query, headers);
  open.push(stream);
  return stream;
}
const resume = (lastEventId: string, query = '') => connect(query, { 'Last-Event-ID': lastEventId });

/** A change as a load logs it, without bars; `inserted` tells them apart. */
const change = (
  inserted: number,
  { symbol = 'SPY', timeframe = '1m' } = {},
  db: Pick<typeof api.pool, 'query'> = api.pool,
) =>
  db.query(
    `insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
     values ($1, $2, $3, $3, $4, 0, now())`,
    [api.assets.get(symbol), timeframe, new Date(OPEN), inserted],
  );
const notify = () => api.pool.query(`notify bar_changes`);
const numbers = (stream: EventStream) => stream.named('bars').map(({ data }) => data.inserted);

const minutes = (closes: number[]) => ({
  fetchedAt: OPEN + 600 * MINUTE,
  window: { from: OPEN, to: OPEN + closes.length * MINUTE },
  minutes: closes.map((close, i) => ({ time: OPEN + i * MINUTE, close })),
});
const listeners = async () =>
  (
    await api.pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
    )
  ).rows[0]!.n;

describe('the stream', () => {
  it('says where it begins, and then tells what a load has stored, at once', async () => {
    const stream = await connect();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('x-market-data')).toBe('simulated');
    const [ready] = await stream.waitFor('ready', 1);
    expect(ready).toMatchObject({ data: { resumed: false }, id: expect.stringMatching(/^\d+-0$/) });
    await eventually(async () => expect(await listeners()).toBe(1));
    await loadPayload(api.pool, api.assets.get('SPY')!, minutes([100, 101]));
    const [bars] = await stream.waitFor('bars', 1);
    expect(BarsEventSchema.strict().parse(bars!.data)).toMatchObject({
      symbol: 'SPY',
      timeframe: '1m',
      firstTime: '2026-11-24T14:30:00Z',
      lastTime: '2026-11-24T14:31:00Z',
      inserted: 2,
      updated: 0,
      bars: [
        { time: '2026-11-24T14:30:00Z', open: 100, high: 101, low: 99.5, close: 100, volume: 100 },
        { time: '2026-11-24T14:31:00Z', close: 101 },
      ],
    });
  });

  it('of a big load tells the window only', async () => {
    const stream = await connect();
    await loadPayload(api.pool, api.assets.get('SPY')!, minutes(Array.from({ length: 201 }, (_, i) => 100 + i)));
    const [bars] = await stream.waitFor('bars', 1);
    expect(bars!.data).toMatchObject({ inserted: 201, lastTime: '2026-11-24T17:50:00Z', bars: null });
  });

  it('is filtered by symbols and timeframes', async () => {
    const [all, some, days] = await Promise.all([
      connect(),
      connect('?symbols=btc,SPY'),
      connect('?timeframes=1d,30m'),
    ]);
    await Promise.all([all, some, days].map((stream) => stream.waitFor('ready', 1)));
    await change(1, { symbol: 'SPY' });
    await change(2, { symbol: 'NVDA' });
    await change(3, { symbol: 'BTC', timeframe: '30m' });
    await change(4, { symbol: 'SPY', timeframe: '1d' });
    await notify();
    await all.waitFor('bars', 4);
    await Promise.all([some.waitFor('bars', 3), days.waitFor('bars', 2)]);
    expect([numbers(all), numbers(some), numbers(days)]).toEqual([
      [1, 2, 3, 4],
      [1, 3, 4],
      [3, 4],
    ]);
  });

  it('finds by its poll what nobody is notified of', async () => {
    const polling = await startApi({ timing: { ...PATIENT, streamPollMs: 100 } });
    try {
      await polling.app.listen(0, '127.0.0.1');
      const stream = await EventStream.open(`${await polling.app.getUrl()}/api/stream`);
      open.push(stream);
      await stream.waitFor('ready', 1);
      await change(1, {}, polling.pool);
      await stream.waitFor('bars', 1);
      await stream.close();
    } finally {
      await polling.close();
    }
  });

  it('listens over one connection for all clients, and not at all without one', async () => {
    const streams = await Promise.all([connect(), connect(), connect()]);
    await eventually(async () => expect(await listeners()).toBe(1));
    await Promise.all(streams.map((stream) => stream.close()));
    await eventually(async () => expect(await listeners()).toBe(0));
  });
});

describe('a client that comes back', () => {
  it('gets what it has missed, by header or by query, and the header goes first', async () => {
    const first = await connect();
    for (const n of [1, 2, 3, 4]) await change(n);
    await notify();
    const ids = (await first.waitFor('bars', 4)).map(({ id }) => id);
    const [byHeader, byQuery, both] = await Promise.all([
      resume(ids[1]!),
      connect(`?lastEventId=${ids[2]}`),
      resume(ids[2]!, `?lastEventId=${ids[0]}`),
    ]);
    for (const stream of [byHeader, byQuery, both])
      expect((await stream.waitFor('ready', 1))[0]!.data).toEqual({ resumed: true });
    await change(5);
    await notify();
    await Promise.all([byHeader.waitFor('bars', 3), byQuery.waitFor('bars', 2), both.waitFor('bars', 2)]);
    expect([numbers(byHeader), numbers(byQuery), numbers(both)]).toEqual([
      [3, 4, 5],
      [4, 5],
      [4, 5],
    ]);
  });

  it('is told to begin anew when its id is too old, not ours, or of another database', async () => {
    const first = await connect();
    const { id: before } = (await first.waitFor('ready', 1))[0]!;
    await change(1);
    await change(2);
    await api.pool.query(`update bar_changes set recorded_at = now() - interval '25 hours'`);
    await api.pool.query(`delete from bar_changes where inserted = 1`);
    for (const id of [before, 'nonsense', '99999999999-1']) {
      const stream = await resume(id);
      const [reset] = await stream.waitFor('reset', 1);
      expect(reset!.data).toEqual({ resumed: false });
      expect(stream.named('ready')).toEqual([]);
      await stream.close();
    }
  });

  it('loses no change and gets none twice, however often it is cut off, while many write at once', async () => {
    const committed = new Set<number>();
    const write = async (writer: number) => {
      for (let i = 0; i < 60; i++) {
        const n = writer * 1_000 + i;
        await inTransaction(api.pool, async (tx) => {
          await change(n, {}, tx);
          // of some the notification is never sent: the next one serves them too
          if (i % 4 > 0) await tx.query('notify bar_changes');
          await delay(randomInt(0, 25));
          if (randomInt(0, 12) === 0) throw new Error('rolled back');
        }).then(
          () => committed.add(n),
          () => undefined,
        );
      }
    };
    const seen: number[] = [];
    const ids: string[] = [];
    let cuts = 0;
    let writing = true;
    const follow = async () => {
      const place = await connect();
      let { id } = (await place.waitFor('ready', 1))[0]!;
      await place.close();
      ready.resolve();
      for (;;) {
        const stream = await resume(id);
        const complete = () => !writing && seen.length + stream.named('bars').length >= committed.size;
        await delay(randomInt(5, 80));
        if (!writing) await eventually(() => expect(complete()).toBe(true));
        const last = complete();
        if (last) await delay(200); // whatever came twice would come now
        await stream.close();
        expect(stream.named('reset')).toEqual([]);
        for (const event of stream.named('bars')) {
          seen.push(event.data.inserted as number);
          ids.push(event.id);
        }
        id = stream.lastEventId || id;
        cuts++;
        if (last) return;
      }
    };
    const ready = Promise.withResolvers<void>();
    const following = follow();
    await ready.promise;
    await Promise.all(Array.from({ length: 6 }, (_, writer) => write(writer)));
    await notify();
    writing = false;
    await following;
    expect(committed.size).toBeGreaterThan(250);
    expect(seen.length).toBe(committed.size);
    expect(new Set(seen)).toEqual(committed);
    const places = ids.map((id) => placeOf(id)!);
    expect(places.every((place, i) => i === 0 || isBefore(places[i - 1]!, place))).toBe(true);
    expect(cuts).toBeGreaterThan(5);
  });
});

describe('a stream of an asset that is renamed', () => {
  const rename = (from: string, to: string) =>
    renameAsset(
      api.pool,
      { id: api.assets.get('NVDA')!, symbol: from },
      { symbol: to, name: to, providerSymbol: to, quotedIn: null },
      ({ providerSymbol }) => providerSymbol,
      { actor: 'admin', reason: '' },
    );
  afterAll(() => rename('NVDX', 'NVDA'));

  it('goes on, and can be opened by its former symbol', async () => {
    const before = await connect('?symbols=nvda');
    await before.waitFor('ready', 1);
    await rename('NVDA', 'NVDX');
    await eventually(async () => expect((await api.get('/api/stocks/NVDX/latest')).status).toBe(200));
    const after = await connect('?symbols=NVDA');
    await after.waitFor('ready', 1);
    await change(1, { symbol: 'NVDA' });
    await change(2, { symbol: 'SPY' });
    await notify();
    for (const stream of [before, after])
      expect(await stream.waitFor('bars', 1)).toMatchObject([{ data: { symbol: 'NVDX', inserted: 1 } }]);
  });
});

describe('what is no stream', () => {
  it.each(['?symbols=SPY,NOPE', '?timeframes=7m', '?lastEventId=12', '?from=1'])('is a problem: %s', async (query) => {
    const { status, headers } = await api.get(`/api/stream${query}`);
    expect(status).toBe(400);
    expect(headers['content-type']).toMatch('application/problem+json');
  });

  it('names the symbols that are not tracked, and what was probably meant', async () => {
    const { json } = await api.get('/api/stream?symbols=SPY,BTC-USD,NOPE');
    expect(json.detail).toBe('symbols: not tracked: BTC-USD, NOPE; did you mean BTC?');
  });

  it('is asked for with HEAD: headers only', async () => {
    const answer = await fetch(url, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await listeners()).toBe(0);
  });
});

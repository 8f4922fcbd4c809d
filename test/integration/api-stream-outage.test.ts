import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect as tcp, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { eventually } from '../environment/eventually.js';
import { EventStream } from '../event-stream.js';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

let api: ApiUnderTest;
let url: string;
let closed: boolean;
const open: EventStream[] = [];

beforeEach(async () => {
  api = await startApi();
  closed = false;
  await api.app.listen(0, '127.0.0.1');
  url = `${await api.app.getUrl()}/api/stream`;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((stream) => stream.close()));
  if (!closed) await api.close();
});

async function connect(headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await EventStream.open(url, headers);
  open.push(stream);
  await stream.waitFor('ready', 1);
  return stream;
}
/** Another client of this machine, by the address that it connects from. */
async function connectFrom(localAddress: string) {
  const [response] = (await once(get(url, { localAddress }), 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const { statusCode, headers } = response;
  return { response, statusCode, headers, received: () => text };
}
const numbers = (stream: EventStream) => stream.named('bars').map(({ data }) => data.inserted);
/** Changes of SPY, as many as given, each with all bars of the day that are stored. */
const change = (...inserted: number[]) =>
  api.pool.query(
    `with logged as (
       insert into bar_changes (asset_id, timeframe, first_time, last_time, inserted, updated, recorded_at)
       select $1, '1m', '2026-11-24T14:30Z', '2026-11-24T21:00Z', n, 0, now() from unnest($2::int[]) n)
     select pg_notify('bar_changes', '')`,
    [api.assets.get('SPY'), inserted],
  );

/** Runs as an operator would, from another database of the server. */
async function asOperator(work: (admin: pg.Client, database: string) => Promise<void>): Promise<void> {
  const { rows } = await api.pool.query<{ name: string }>('select current_database() as name');
  const admin = new pg.Client({ connectionString: process.env.BARKEEP_TEST_DATABASE_URL });
  await admin.connect();
  try {
    await work(admin, rows[0]!.name);
  } finally {
    await admin.end();
  }
}
const cutAll = (admin: pg.Client, database: string) =>
  admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [database]);

describe('when the database goes away', () => {
  it('streams that are open wait for it and lose nothing; new ones are told to come again', async () => {
    const stream = await connect();
    await change(1);
    await stream.waitFor('bars', 1);
    await asOperator(async (admin, database) => {
      await admin.query(`alter database ${database} allow_connections false`);
      await cutAll(admin, database);
      await eventually(() =>
        admin.query(`alter database ${database} rename to ${database}_away`).then(() => undefined),
      );
      try {
        const refused = await fetch(url);
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
        expect(refused.headers.get('content-type')).toMatch('application/problem+json');
      } finally {
        await admin.query(`alter database ${database}_away rename to ${database}`);
        await admin.query(`alter database ${database} allow_connections true`);
      }
    });
    await eventually(() => change(2).then(() => undefined));
    await stream.waitFor('bars', 2);
    expect([numbers(stream), stream.outcome]).toEqual([[1, 2], 'open']);
    expect((await connect()).outcome).toBe('open');
  });

  it('listens again once its connection was cut', async () => {
    const stream = await connect();
    const listening = async () =>
      (await api.pool.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
      )).rows[0]?.pid; // prettier-ignore
    await eventually(async () => expect(await listening()).toBeDefined());
    const before = await listening();
    await api.pool.query('select pg_terminate_backend($1)', [before]);
    await eventually(async () => {
      const now = await listening();
      expect(now).toBeDefined();
      expect(now).not.toBe(before);
    });
    await change(1);
    await stream.waitFor('bars', 1);
  });
});

describe('when the API stops', () => {
  it('its streams end, and their clients go on by their ids', async () => {
    const streams = await Promise.all([connect(), connect()]);
    await change(1);
    await Promise.all(streams.map((stream) => stream.waitFor('bars', 1)));
    await api.app.close();
    await Promise.all(streams.map((stream) => stream.ended));
    expect(streams.map((stream) => stream.outcome)).toEqual(['ended', 'ended']);
    closed = true;
    // hangs where a connection of the pool was never given back
    await api.close();
  });
});

describe('many clients', () => {
  it('are 256 at most, 64 of one address; a place becomes free when one leaves', async () => {
    const streams = await Promise.all(Array.from({ length: 64 }, () => connect()));
    const others = await Promise.all(
      ['127.0.0.2', '127.0.0.3', '127.0.0.4'].flatMap((address) =>
        Array.from({ length: 64 }, () => connectFrom(address)),
      ),
    );
    const refused = await connectFrom('127.0.0.5');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '30']);
    await streams[0]!.close();
    await eventually(async () => expect((await connect()).outcome).toBe('open'));
    await change(1);
    await Promise.all(streams.slice(1).map((stream) => stream.waitFor('bars', 1)));
    await eventually(() => {
      for (const { received } of others) expect(received()).toContain('event: bars');
    });
    for (const { response } of [...others, refused]) response.destroy();
  });

  it('of which one takes nothing: the others go on, and it gets all once it reads', async () => {
    await storeBars(api.pool, {
      asset: api.assets.get('SPY')!,
      timeframe: '1m',
      step: '1 minute',
      from: '2026-11-24T14:30Z',
      to: '2026-11-24T17:30Z',
    });
    const brisk = await connect();
    const lazy = lazyClient(brisk.lastEventId);
    // 181 bars each, some 20 kB: far more than all the buffers on the way hold
    const count = 1_200;
    for (let n = 0; n < count; n += 100) await change(...Array.from({ length: 100 }, () => 1));
    await brisk.waitFor('bars', count);
    let text = '';
    lazy.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    lazy.resume();
    const sent = brisk.named('bars').map(({ id }) => id);
    await eventually(() => {
      const received = new Set([...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id));
      expect(sent.filter((id) => !received.has(id))).toEqual([]);
    });
    lazy.destroy();
  });
});

/** Asks for the stream behind an event, and reads nothing. */
function lazyClient(lastEventId: string): Socket {
  const { hostname, port, pathname } = new URL(url);
  const socket = tcp(Number(port), hostname);
  socket.pause();
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nLast-Event-ID: ${lastEventId}\r\n\r\n`);
  return socket;
}

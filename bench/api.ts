import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { freePort } from '../cli/lib/ports.js';
import { ASSETS, storeApiBars } from './api-bars.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { type HttpLoad, type HttpLoadResult, loadHttp } from './http-load.js';
import { canReadProc, cpuSeconds } from './process-usage.js';
import { newDatabase, withPostgres } from './servers.js';
import { benchSymbols } from './stocks.js';

const CONNECTIONS = [1, 16, 64];
const SECONDS = 4;
/** Between two commits: about 20 per second, or as many as there are stocks in 25 s. */
const STORING_INTERVAL_MS = 45;
const WARM_UP = { connections: 16, seconds: 2 };
const LIMIT = 390;

const ROUTES = {
  'ohlcv?limit=390': (symbol: string) => `/api/stocks/${symbol}/ohlcv?timeframe=1m&limit=${LIMIT}`,
  latest: (symbol: string) => `/api/stocks/${symbol}/latest`,
};

const get = async (url: string): Promise<unknown> => {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
};

/** A fast but wrong response is worthless. @throws Error if the API does not return what is stored */
async function check(url: string, pool: pg.Pool): Promise<void> {
  for (const symbol of benchSymbols(ASSETS).filter((_, i) => i % 50 === 0)) {
    const { rows } = await pool.query<{ bars: object[]; price: number }>(STORED, [symbol, LIMIT]);
    const { bars, price } = rows[0]!;
    const ohlcv = (await get(url + ROUTES['ohlcv?limit=390'](symbol))) as { bars: object[] };
    const latest = (await get(url + ROUTES.latest(symbol))) as {
      bar: Record<string, unknown>;
      quote: { price: number };
    };
    const { time, open, high, low, close, volume } = latest.bar;
    const returned = [ohlcv.bars.length, ohlcv.bars, { time, open, high, low, close, volume }, latest.quote.price];
    if (JSON.stringify(returned) !== JSON.stringify([LIMIT, bars, bars.at(-1), price]))
      throw new Error(`${symbol}: the API does not return what is stored`);
  }
}

const STORED = `
  select json_agg(json_build_object('time', to_char(b.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'open', b.open,
    'high', b.high, 'low', b.low, 'close', b.close, 'volume', b.volume) order by b.time) as bars, max(q.price) as price
  from (
    select o.* from bars o join assets a on a.id = o.asset_id
    where a.symbol = $1 and o.timeframe = '1m' order by o.time desc limit $2) b
  join quotes q using (asset_id)`;

/** A server under load. */
interface Loaded {
  url: string;
  /** Its process id. */
  pid: number;
}

/** Puts one load on the API and measures what each response costs. */
async function measureLoad(
  { url, pid }: Loaded,
  load: Omit<HttpLoad, 'url'>,
): Promise<HttpLoadResult & { cost: string }> {
  const before = cpuSeconds([pid]);
  const result = await loadHttp({ url, ...load });
  const micros = (seconds: number) => `${((seconds / (result.rate * load.seconds)) * 1e6).toFixed(0)} µs`;
  const cpu = `${micros(cpuSeconds([pid]) - before)} of CPU per request, the client ${micros(result.cpuSeconds)}`;
  return { ...result, cost: `99 % within ${result.p99} ms${canReadProc ? `; ${cpu}` : ''}` };
}

/** Measures the API and its peer, one after the other under each load. */
async function measureRun(api: Loaded, peer: string, pool: pg.Pool): Promise<Run> {
  const figures: Figure[] = [];
  const symbols = benchSymbols(ASSETS);
  for (const [name, pathOf] of Object.entries(ROUTES)) {
    const paths = symbols.map(pathOf);
    for (const url of [api.url, peer]) await loadHttp({ url, paths, ...WARM_UP });
    for (const connections of CONNECTIONS) {
      const load = { paths, connections, seconds: SECONDS };
      const own = await measureLoad(api, load);
      const bare = await loadHttp({ url: peer, ...load });
      const what = `/${name}, ${connections} connection${connections === 1 ? '' : 's'}`;
      const note = `${(own.rate / bare.rate).toFixed(1)} times the peer; ${own.cost}`;
      figures.push({ name: what, value: own.rate, unit: 'requests/s', note });
      figures.push({ name: `peer: ${what}`, value: bare.rate, unit: 'requests/s' });
    }
    const busy = await whileStoring(pool, () => measureLoad(api, { paths, connections: 16, seconds: SECONDS }));
    figures.push({ name: `/${name}, 16 connections, storing`, value: busy.rate, unit: 'requests/s', note: busy.cost });
  }
  return figures;
}

/** Stores the next minute and live price of a random stock, again and again, while `work` runs. */
async function whileStoring<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  let isStoring = true;
  const store = async () => {
    for (; isStoring; await delay(STORING_INTERVAL_MS))
      await pool.query(STORE_MINUTE, [benchSymbols(ASSETS)[Math.floor(Math.random() * ASSETS)]]);
  };
  const stored = store();
  try {
    return await work();
  } finally {
    isStoring = false;
    await stored;
  }
}

const STORE_MINUTE = `
  with last as (
    select o.* from bars o join assets a on a.id = o.asset_id
    where a.symbol = $1 and o.timeframe = '1m' order by o.time desc limit 1),
  quoted as (
    update quotes q set price = last.close, time = now(), fetched_at = now() from last where q.asset_id = last.asset_id)
  insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
    payload_id, run_id, fetched_at, recorded_at)
  select asset_id, timeframe, time + interval '1 minute', session, close, close, close, close, volume, sma_20, sma_50, 0, 0,
    payload_id, run_id, now(), now() from last`;

export const apiBenchmark: Benchmark = {
  name: 'api',
  description:
    `One API process, run as by \`npm start\`, on its own PostgreSQL with 5 million bars of ${ASSETS} stocks. autocannon, in a ` +
    `separate process, requests random symbols for ${SECONDS} s per load after a warm-up: the newest ${LIMIT} minutes as JSON, and ` +
    'the latest bar with its quote and change. Before that, responses are compared with the table. “Storing”: meanwhile, another ' +
    `connection commits a new minute and quote of a random stock every ${STORING_INTERVAL_MS} ms; otherwise nothing is stored. ` +
    'The peer is Node’s HTTP server with one query per request, without validation, ETags, metrics or caches.',
  measure: ({ runs, folder }) =>
    withPostgres(folder, async (server) => {
      const database = await newDatabase(server, 'api');
      try {
        await storeApiBars(database.pool, Date.now());
        const [api, peer] = [await freePort(), await freePort()];
        const env = {
          NODE_ENV: 'development',
          DATABASE_URL: database.url,
          HOST: '127.0.0.1',
          PORT: String(api),
          TEMPORAL_ADDRESS: '127.0.0.1:1', // none of these routes uses it
          MARKET_MODE: 'live',
          MARKET_CLOCK_OFFSET: '0',
          LOG_LEVEL: 'warn',
        };
        return await withChild(folder, 'api', '../api/main.js', { env }, ({ pid }) =>
          withChild(folder, 'bare-server', './bare-server.js', { args: [String(peer), database.url] }, async () => {
            const loaded = { url: `http://127.0.0.1:${api}`, pid };
            await check(loaded.url, database.pool);
            const results: Run[] = [];
            for (let run = 0; run < runs; run++)
              results.push(await measureRun(loaded, `http://127.0.0.1:${peer}`, database.pool));
            return results;
          }),
        );
      } finally {
        await database.close();
      }
    }),
};

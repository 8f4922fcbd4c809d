import type pg from 'pg';
import { freePort } from '../cli/lib/ports.js';
import { ADMIN_TOKEN, get, type Loaded, measureLoad, type MeasuredLoad, withApi } from './api-process.js';
import { ASSETS, storeApiBars } from './api-bars.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { measureHealthBeside } from './health-beside.js';
import { loadHttp } from './http-load.js';
import { withDatabase } from './servers.js';
import { benchSymbols } from './stocks.js';
import { STORING_INTERVAL_MS, whileStoring } from './while-storing.js';

const CONNECTIONS = [1, 16, 64];
const SECONDS = 4;
const WARM_UP = { connections: 16, seconds: 2 };
const LIMIT = 390;

const ROUTES = {
  'ohlcv?limit=390': (symbol: string) => `/api/stocks/${symbol}/ohlcv?timeframe=1m&limit=${LIMIT}`,
  latest: (symbol: string) => `/api/stocks/${symbol}/latest`,
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

const costOf = ({ p99, cpuMicros, clientMicros }: MeasuredLoad): string => {
  const cpu = `${cpuMicros.toFixed(0)} µs of CPU per request, the client ${clientMicros.toFixed(0)} µs`;
  return `99 % within ${p99} ms${Number.isNaN(cpuMicros) ? '' : `; ${cpu}`}`;
};

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
      const note = `${(own.rate / bare.rate).toFixed(1)} times the peer; ${costOf(own)}`;
      figures.push({ name: what, value: own.rate, unit: 'requests/s', note });
      figures.push({ name: `peer: ${what}`, value: bare.rate, unit: 'requests/s' });
    }
    const busy = await whileStoring(pool, symbols, () =>
      measureLoad(api, { paths, connections: 16, seconds: SECONDS }),
    );
    figures.push({
      name: `/${name}, 16 connections, storing`,
      value: busy.rate,
      unit: 'requests/s',
      note: costOf(busy),
    });
  }
  figures.push(await measureHealthBeside(api.url, ADMIN_TOKEN, symbols));
  return figures;
}

export const apiBenchmark: Benchmark = {
  name: 'api',
  description:
    `One API process, run as by \`npm start\`, on its own PostgreSQL with 5 million bars of ${ASSETS} stocks. autocannon, in a ` +
    `separate process, requests random symbols for ${SECONDS} s per load after a warm-up: the newest ${LIMIT} minutes as JSON, and ` +
    'the latest bar with its quote and change. Before that, responses are compared with the table. “Storing”: meanwhile, another ' +
    `connection commits a new minute and quote of a random stock every ${STORING_INTERVAL_MS} ms; otherwise nothing is stored. ` +
    'Expensive requests: ten indicators over a whole series, and whole series as CSV and NDJSON, on 16 connections, while 200 further ' +
    'connections have sent half of a body. ' +
    'The peer is Node’s HTTP server with one query per request, without validation, ETags, metrics or caches.',
  measure: ({ runs, folder }) =>
    withDatabase(folder, 'api', async (database) => {
      await storeApiBars(database.pool, Date.now());
      const peer = await freePort();
      return await withApi(folder, database.url, (api) =>
        withChild(folder, 'bare-server', './bare-server.js', { args: [String(peer), database.url] }, async () => {
          await check(api.url, database.pool);
          const results: Run[] = [];
          for (let run = 0; run < runs; run++)
            results.push(await measureRun(api, `http://127.0.0.1:${peer}`, database.pool));
          return results;
        }),
      );
    }),
};

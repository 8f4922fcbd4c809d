import type pg from 'pg';
import { get, type Loaded, measureLoad, withApi } from './api-process.js';
import { storeApiBars } from './api-bars.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { loadHttp } from './http-load.js';
import { median } from './measure.js';
import { familyOf } from './process-usage.js';
import { withDatabase } from './servers.js';
import { benchSymbols } from './stocks.js';
import { whileStoring } from './while-storing.js';

/** Of each kind. */
const STOCKS = 10;
const KINDS = ['one source', 'second source never needed', 'second source fills 10 %'] as const;
type Kind = (typeof KINDS)[number];
const symbolsOf = (kind: Kind): string[] =>
  benchSymbols(KINDS.length * STOCKS).slice(KINDS.indexOf(kind) * STOCKS, (KINDS.indexOf(kind) + 1) * STOCKS);
/** A stock that is not read: its commits make the API read the others again. */
const STORED = benchSymbols(KINDS.length * STOCKS + 1).at(-1)!;

/** The kinds are measured in turns: what else the machine does slows all of them down. */
const ROUNDS = 5;
const LOAD = { connections: 4, seconds: 3 };
const WARM_UP = { connections: 4, seconds: 2 };

/** A route, with a size of page that differs from request to request, so that few responses are cached. */
const newest = (resource: 'ohlcv' | 'indicators', limit: number) => (symbol: string) =>
  Array.from({ length: SIZES }, (_, i) => `/api/stocks/${symbol}/${resource}?timeframe=1m&limit=${limit + i}`);
const SIZES = 300;

const ROUTES: Record<string, { pathsOf: (symbol: string) => string[]; isStoring?: true }> = {
  'ohlcv, newest 390': { pathsOf: newest('ohlcv', 240) },
  'ohlcv, newest 9,000': { pathsOf: newest('ohlcv', 8_850) },
  'indicators, newest 390': { pathsOf: newest('indicators', 240) },
  'indicators, newest 9,000': { pathsOf: newest('indicators', 8_850) },
  'ohlcv, newest 390, cached': { pathsOf: (symbol) => [`/api/stocks/${symbol}/ohlcv?timeframe=1m&limit=390`] },
  'indicators, newest 390, cached': {
    pathsOf: (symbol) => [`/api/stocks/${symbol}/indicators?timeframe=1m&limit=390`],
  },
  'latest, storing': { pathsOf: (symbol) => [`/api/stocks/${symbol}/latest`], isStoring: true },
};

/** Gives two thirds of the stocks a second source with all of their bars; half of these lose every tenth minute. */
async function addSources(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // as a load does: skips the triggers of each statement
    await client.query(`begin; set local barkeep.load = 'on'`);
    await client.query(
      `insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency, source_of, rank)
      select symbol, name, kind, 'alpaca', provider_symbol, exchange, currency, id, 2 from assets where symbol = any($1)`,
      [KINDS.slice(1).flatMap(symbolsOf)],
    );
    await client.query(COPY_BARS);
    await client.query(COPY_SERIES);
    await client.query(
      `delete from bars b using assets a where a.id = b.asset_id and a.source_of is null and a.symbol = any($1) and b.timeframe = '1m'
        and extract(epoch from b.time)::bigint / 60 % 10 = 9`,
      [symbolsOf(KINDS[2])],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
  await pool.query('vacuum analyze');
}

const COPY_BARS = `
  insert into bars (asset_id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return,
    payload_id, run_id, fetched_at, recorded_at)
  select s.id, timeframe, time, session, open, high, low, close, volume, sma_20, sma_50, bar_return, daily_return, payload_id, run_id,
    fetched_at, recorded_at
  from assets s join bars b on b.asset_id = s.source_of order by s.id, timeframe, time`;
const COPY_SERIES = `
  insert into series (asset_id, timeframe, first_bar, begins_at, newest_fetch)
  select a.id, timeframe, first_bar, begins_at, newest_fetch from assets a join series s on s.asset_id = a.source_of`;

/** A fast but wrong response is worthless. @throws Error if the bars are not of the sources that have them */
async function check(url: string): Promise<void> {
  for (const [kind, later] of [
    [KINDS[0], []],
    [KINDS[1], [0]],
    [KINDS[2], [39]],
  ] as const) {
    const path = `/api/stocks/${symbolsOf(kind)[0]!}/ohlcv?timeframe=1m&limit=390`;
    const { meta } = (await get(url + path)) as { meta: { sources: { bars: number }[] } };
    const bars = meta.sources.map((source) => source.bars);
    if (JSON.stringify(bars) !== JSON.stringify([390 - (later[0] ?? 0), ...later]))
      throw new Error(`${kind}: ${bars.join(' and ')} bars of the sources`);
  }
}

async function measureRun(api: Loaded, pool: pg.Pool): Promise<Run> {
  const figures: Figure[] = [];
  for (const [route, { pathsOf, isStoring }] of Object.entries(ROUTES)) {
    const pathsOfKind = KINDS.map((kind) => symbolsOf(kind).flatMap((symbol) => pathsOf(symbol)));
    const measure = async (paths: string[]) => measureLoad(api, { paths, ...LOAD });
    for (const paths of pathsOfKind) await loadHttp({ url: api.url, paths, ...WARM_UP });
    const rounds: { rate: number; cpuMicros: number }[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const results: { rate: number; cpuMicros: number }[] = [];
      for (const paths of pathsOfKind)
        results.push(await (isStoring ? whileStoring(pool, [STORED], () => measure(paths)) : measure(paths)));
      rounds.push(results);
    }
    const ofRoute = KINDS.map((kind, k): Figure => {
      const rate = median(rounds.map((results) => results[k]!.rate));
      const cpu = median(rounds.map((results) => results[k]!.cpuMicros));
      const ratio = median(rounds.map((results) => results[k]!.rate / results[0]!.rate));
      const cpuRatio = median(rounds.map((results) => results[0]!.cpuMicros / results[k]!.cpuMicros));
      const note = `${cpu.toFixed(0)} µs of CPU per request, API and PostgreSQL`;
      const name = `/${route}, ${kind}`;
      if (k === 0) return { name, value: rate, unit: 'requests/s', note };
      const ratios = `by CPU ${cpuRatio.toFixed(2)}; ${rate.toFixed(0)} requests/s; ${note}`;
      return { name, value: ratio, unit: 'of one source', note: ratios };
    });
    for (const { name, value, unit, note } of ofRoute)
      console.log(`  ${name}: ${value.toPrecision(3)} ${unit}, ${note}`);
    figures.push(...ofRoute);
  }
  return figures;
}

export const sourcesBenchmark: Benchmark = {
  name: 'sources',
  description:
    `Reads of stocks with one source and with two, from one API process on its own PostgreSQL: ${STOCKS} stocks of each kind with 10,000 ` +
    'bars per source. The second source either has the same bars as the first, so that it is never needed, or it fills every tenth minute. ' +
    `${LOAD.connections} connections, ${LOAD.seconds} s per load, ${ROUNDS} rounds in each of which the kinds take turns; the ratio is the ` +
    'median of the rounds. Pages have random sizes around the one that is named, so that few responses are cached, except where it says so; ' +
    '“storing”: meanwhile bars of another stock are stored.',
  measure: ({ runs, folder }) =>
    withDatabase(folder, 'sources', async (database, server) => {
      await storeApiBars(database.pool, Date.now(), KINDS.length * STOCKS + 1);
      await addSources(database.pool);
      return await withApi(folder, database.url, async (api) => {
        await check(api.url);
        const loaded = { url: api.url, pids: () => [...api.pids(), ...familyOf(server.pid)] };
        const results: Run[] = [];
        for (let run = 0; run < runs; run++) results.push(await measureRun(loaded, database.pool));
        return results;
      });
    }),
};

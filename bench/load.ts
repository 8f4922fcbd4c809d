import type pg from 'pg';
import { transformActivities } from '../activities/transform.js';
import { type LoadedBatch, loadBatches } from '../db/repositories/load/batch-loader.js';
import { SECOND } from '../domain/timeframe.js';
import { createProviders } from '../providers/index.js';
import type { Benchmark, Run } from './benchmark.js';
import { measurePeer } from './load-peer.js';
import { perSecond, timed } from './measure.js';
import { newDatabase, withPostgres } from './servers.js';
import { type PayloadInput, RUN, storePayloads } from './stored-payloads.js';
import { addStocks, benchSymbols, latestSessions } from './stocks.js';
import { yahooBody } from './yahoo-body.js';

const ASSETS = 75;
const SESSIONS = 5;
/** As many as a run loads at once: GROUP_SIZE in workflows/options.ts. */
const GROUP = 25;
const providers = createProviders({ YAHOO_BASE_URL: 'http://127.0.0.1:1' });

interface Prepared extends PayloadInput {
  pool: pg.Pool;
}

interface PassResult {
  rows: number;
  transformMs: number;
  loadMs: number;
}

/** Transforms and loads payloads with the activities' own code, one group after the other on one connection. */
async function pass(prepared: Prepared, fetchedAt: number, expected: keyof LoadedBatch): Promise<PassResult> {
  const { pool } = prepared;
  const { transform } = transformActivities({ pool, providers, clockOffsetMs: 0 });
  const payloadIds = await storePayloads(pool, prepared, fetchedAt);
  const passed: PassResult = { rows: 0, transformMs: 0, loadMs: 0 };
  for (let i = 0; i < payloadIds.length; i += GROUP) {
    const group = payloadIds.slice(i, i + GROUP);
    const transformed = await timed(() => transform({ run: RUN, payloadIds: group }));
    const batchIds = transformed.result.map((item) => ('error' in item ? NaN : item.batchId!));
    const loaded = await timed(() => loadBatches(pool, batchIds, RUN.runId));
    passed.transformMs += transformed.ms;
    passed.loadMs += loaded.ms;
    passed.rows += loaded.result.reduce((sum, batch) => sum + (batch[expected] as number), 0);
  }
  const rows = prepared.sessions.length * 390 * prepared.assetIds.length;
  if (passed.rows !== rows) throw new Error(`${passed.rows} rows ${expected}, not ${rows}`);
  return passed;
}

async function measureRun(prepared: Prepared): Promise<Run> {
  const now = Date.now();
  await prepared.pool.query('vacuum analyze');
  const fresh = await pass(prepared, now - 60 * SECOND, 'inserted');
  await prepared.pool.query('vacuum analyze');
  const again = await pass(prepared, now, 'unchanged');
  const peer = await measurePeer(prepared.pool);
  const rate = ({ rows }: PassResult, ms: number) => perSecond(rows, ms);
  const share = (own: number, limit: number) => `${((100 * own) / limit).toFixed(0)} % of the peer`;
  const [freshRate, againRate] = [rate(fresh, fresh.loadMs), rate(again, again.loadMs)];
  return [
    { name: 'load, all rows new', value: freshRate, unit: 'rows/s', note: share(freshRate, peer.fresh) },
    { name: 'load, all rows known', value: againRate, unit: 'rows/s', note: share(againRate, peer.known) },
    { name: 'peer: INSERT … SELECT, all new', value: peer.fresh, unit: 'rows/s' },
    { name: 'peer: ON CONFLICT, all known', value: peer.known, unit: 'rows/s' },
    { name: 'payload to batch', value: rate(fresh, fresh.transformMs), unit: 'rows/s' },
  ];
}

export const loadBenchmark: Benchmark = {
  name: 'load',
  description:
    `${ASSETS} stocks × ${SESSIONS} sessions of 1m bars through the pipeline's own path on its own PostgreSQL: stored payload → ` +
    `batch (transform step) → bars with indicators, coverage and counts (load step), ${GROUP} batches per transaction, one ` +
    'connection. Then the same values again from later payloads. The peer is the server alone: it copies rows from one table ' +
    'into another with the same columns, checks and key, without indicators, coverage or lineage.',
  measure: ({ runs, folder }) =>
    withPostgres(folder, async (server) => {
      const sessions = latestSessions(SESSIONS, Date.now());
      const bodies = benchSymbols(ASSETS).map((symbol, seed) => yahooBody(symbol, '1m', sessions, seed));
      const results: Run[] = [];
      for (let run = 0; run < runs; run++) {
        const database = await newDatabase(server, `load_${run}`);
        try {
          const assetIds = await addStocks(database.pool, ASSETS);
          results.push(await measureRun({ pool: database.pool, assetIds, sessions, bodies }));
        } finally {
          await database.close();
        }
      }
      return results;
    }),
};

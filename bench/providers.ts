import type { Client } from '@temporalio/client';
import { type ProviderId, PROVIDERS } from '../config/catalog/providers.js';
import { livePipelineOf } from '../config/catalog/schedules.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import type { Benchmark, Figure, Run } from './benchmark.js';
import { withChild } from './child.js';
import { timed } from './measure.js';
import { addStocksOf, type PipelineScene, withPipelineScene, workerEnv, withClient } from './pipeline-scene.js';
import { newDatabase } from './servers.js';

const STOCKS = 500;
/** Bars that each stock has at the providers, and how many of them are over. */
const BARS = 60;
const CLOSED_BARS = 30;
const COMPARED: readonly ProviderId[] = ['yahoo', 'alpaca'];

/** One live run for all stocks, at the rate that the provider allows. */
async function measure(scene: PipelineScene, client: Client, provider: ProviderId, run: number): Promise<Figure[]> {
  const name = `providers_${provider}_${run}`;
  const database = await newDatabase(scene.postgres, name);
  try {
    await addStocksOf(scene, database.pool, STOCKS, provider);
    const now = scene.session.open + CLOSED_BARS * MINUTE;
    const { requestsPerSecond } = PROVIDERS[provider];
    const env = {
      ...workerEnv(scene, { databaseUrl: database.url, requestsPerSecond, now }),
      ...{
        ALPACA_BASE_URL: scene.provider,
        ALPACA_KEY_ID: 'benchmark',
        ALPACA_SECRET_KEY: 'benchmark',
        ALPACA_FEED: 'iex',
      },
    };
    return await withChild(scene.folder, 'worker', '../worker/main.js', { env }, async () => {
      const args = [{ pipeline: livePipelineOf(provider) }];
      const options = { workflowId: name, taskQueue: PIPELINE_QUEUE, args };
      const { ms } = await timed(() => client.workflow.execute(WORKFLOWS.stocks, options));
      const { rows } = await database.pool.query<{ stocks: number; bars: number; requests: number }>(
        `select (select count(distinct asset_id)::int from bars where timeframe = '1m') as stocks, (select count(*)::int from bars) as bars,
          (select count(*)::int from provider_calls) as requests`,
      );
      const { stocks, bars, requests } = rows[0]!;
      if (stocks !== STOCKS) throw new Error(`${stocks} of ${STOCKS} stocks were loaded`);
      const of = `${STOCKS} stocks from ${PROVIDERS[provider].name}`;
      return [
        { name: `${of}: one live run`, value: ms / SECOND, unit: 's', note: `${bars} bars` },
        { name: `${of}: requests`, value: requests, unit: 'requests', note: `at most ${requestsPerSecond} per second` },
      ];
    });
  } finally {
    await database.close();
  }
}

export const providersBenchmark: Benchmark = {
  name: 'providers',
  description:
    `The newest minutes of ${STOCKS} US stocks in one live run, ${CLOSED_BARS} new ones each, with one worker that has just started: ` +
    'from a provider that takes one symbol per request, and from one that takes many, each at the rate that it allows.',
  measure: ({ runs, folder }) =>
    withPipelineScene({ folder, stocks: STOCKS, minutes: BARS }, (scene) =>
      withClient(scene, async (client) => {
        const results: Run[] = [];
        for (let run = 0; run < runs; run++) {
          const figures: Figure[] = [];
          for (const provider of COMPARED) figures.push(...(await measure(scene, client, provider, run)));
          results.push(figures);
        }
        return results;
      }),
    ),
};

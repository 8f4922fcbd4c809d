import type { Client } from '@temporalio/client';
import { SCHEDULES } from '../../../contracts/schedules.js';
import { MINUTE, SECOND } from '../../../domain/timeframe.js';
import { withFurtherWorker } from '../further-worker.js';
import { withIncompatibleBuild } from '../other-builds.js';
import type { Product } from '../product.js';
import type { Scenario, Stage } from '../scenario.js';
import { until } from '../until.js';
import { freezing } from './freezing.js';

const ASSETS = 500;
const IS_ADDED = `symbol ~ '^Q[0-9]{4}$'`;
/** For the rest of the backfill: live runs of so many assets take most of what Yahoo allows, and go first. */
const REST_S = 600;
/** So many requests of the backfill are over when the fault comes. */
const BEGUN = 50;
const STEP_MS = 20 * MINUTE;
/** The schedule of reconcile_runs has a longer interval; a test can look more often. */
const RECONCILE_MS = 10 * SECOND;
const DEPLOYMENT = 'chaos';

/** An asset that is tracked anyway: its own row, not those of its further sources. */
const IS_TRACKED = `a.symbol = 'SPY' and a.source_of is null`;

/** The last session but one that is stored: a whole one. */
const SESSION = `(select session from bars b join assets a on a.id = b.asset_id where ${IS_TRACKED} and timeframe = '1m'
  group by session order by session desc offset 1 limit 1)`;

/** Tracks many more stocks; their series begin with a session that is over, so that one request has all of it. */
async function track(product: Product): Promise<string[]> {
  // of a fault before this one
  const known = await product.rows<{ symbol: string }>(
    `update assets set active = true where ${IS_ADDED} and source_of is null returning symbol`,
  );
  if (known.length > 0) return known.map(({ symbol }) => symbol).toSorted();
  const added = await product.rows<{ symbol: string }>(
    `with added as (
        insert into assets (symbol, name, kind, provider, provider_symbol, exchange, currency)
        select s.symbol, s.symbol, a.kind, a.provider, s.symbol, a.exchange, a.currency
        from assets a, (select 'Q' || lpad(n::text, 4, '0') as symbol from generate_series(1, $1) n) s where ${IS_TRACKED}
        returning id, symbol),
      begun as (
        insert into series (asset_id, timeframe, begins_at)
        select added.id, timeframe, case timeframe when '1m' then (
          select min(time) from bars where asset_id = a.id and timeframe = '1m' and session = ${SESSION}) else ${SESSION} end
        from added, series s join assets a on a.id = s.asset_id where ${IS_TRACKED}
        on conflict do nothing)
      select symbol from added order by symbol`,
    [ASSETS],
  );
  return added.map(({ symbol }) => symbol);
}

/** Checks that the backfill has stored a whole session of every asset, and no longer tracks them. */
async function untrack({ product, probe }: Stage): Promise<void> {
  const { status } = await probe.state();
  const incomplete = await product.rows<{ symbol: string; bars: number }>(
    `with counted as (
        select symbol, count(b.time)::int as bars from assets a
        left join bars b on b.asset_id = a.id and timeframe = '1m' and session = ${SESSION}
        where (${IS_TRACKED} or ${IS_ADDED}) and a.source_of is null group by symbol)
      select * from counted where bars < (select bars from counted where symbol = 'SPY')`,
  );
  await product.rows(`update assets set active = false where ${IS_ADDED}`);
  if (status !== 'succeeded') throw new Error(`the backfill is ${status}`);
  const [first] = incomplete;
  if (first) throw new Error(`${incomplete.length} assets are incomplete: ${first.symbol} has ${first.bars} bars`);
}

async function begin({ product, probe }: Stage): Promise<void> {
  // the first backfill of all assets, which would take up those that are added
  const others = `select from pipeline_runs where pipeline = 'backfill' and status = 'running'`;
  await until('other backfills to end', STEP_MS, async () => (await product.rows(others)).length === 0, SECOND);
  await probe.start(await track(product));
  await probe.reaches(`${BEGUN} payloads`, ({ extracted }) => extracted >= BEGUN);
}

/** What the API says of the backfill's run. */
async function runOf({ product, probe }: Stage): Promise<{ status: string; errorMessage: string | null }> {
  const response = await fetch(`${product.runtime.api}/api/pipeline/backfills/${probe.workflowId}`);
  if (!response.ok) throw new Error(`GET backfill: ${response.status} ${await response.text()}`);
  return (await response.json()) as { status: string; errorMessage: string | null };
}

/** Waits until live runs have ended well that began after now. */
async function liveRuns(product: Product, count: number): Promise<void> {
  const since = new Date();
  const ended = `select from pipeline_runs where pipeline = 'stocks_1min' and trigger = 'schedule'
    and status in ('succeeded', 'partial') and started_at > $1`;
  await until('live runs', STEP_MS, async () => (await product.rows(ended, [since])).length >= count, SECOND);
}

/** Without versions: the new worker takes the backfill, and cannot continue it. */
async function replaceWorker(stage: Stage): Promise<void> {
  const { product } = stage;
  await begin(stage);
  await withIncompatibleBuild((script) =>
    freezing(product.pid('worker'), () =>
      withFurtherWorker(product, { script }, async () => {
        await Promise.all([
          liveRuns(product, 1),
          until(
            'the backfill to say that no worker can continue it',
            STEP_MS,
            async () => {
              await product.withTemporal(({ schedule }) => schedule.getHandle(SCHEDULES.reconcile_runs).trigger());
              const { status, errorMessage } = await runOf(stage);
              return status === 'running' && errorMessage !== null && /nondeterminism/i.test(errorMessage);
            },
            RECONCILE_MS,
          ),
        ]);
      }),
    ),
  );
}

async function setCurrent(client: Client, buildId: string): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    ...{ namespace, deploymentName: DEPLOYMENT, buildId, identity: 'chaos', ignoreMissingTaskQueues: true },
  });
}

/** The builds that a workflow's runs are on, the first run first. */
async function buildsOf(client: Client, workflowId: string): Promise<(string | undefined)[]> {
  const builds: (string | undefined)[] = [];
  for (let runId: string | undefined; ;) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const { versioningInfo, firstRunId } = raw.workflowExecutionInfo!;
    builds.push(versioningInfo?.deploymentVersion?.buildId ?? undefined);
    if (builds.length === 2) return builds.reverse();
    runId = firstRunId ?? undefined;
  }
}

/** With versions: old and new worker side by side. */
async function addVersion(stage: Stage): Promise<void> {
  const { product, probe } = stage;
  const env = (buildId: string) => ({ WORKER_DEPLOYMENT: DEPLOYMENT, WORKER_BUILD_ID: buildId });
  const current = (buildId: string) =>
    until(`build ${buildId} to be current`, MINUTE, () =>
      product.withTemporal((client) => setCurrent(client, buildId)).then(() => true),
    );
  await withIncompatibleBuild((script) =>
    withFurtherWorker(product, { env: env('old') }, async () => {
      await current('old');
      try {
        await begin(stage);
        await withFurtherWorker(product, { script, env: env('new') }, async () => {
          await current('new');
          await liveRuns(product, 2);
          await probe.ended(STEP_MS);
          await current('');
          await until('runs with a version to end', STEP_MS, () => product.withTemporal(hasNoVersionedRuns), SECOND);
        });
      } finally {
        await current('');
      }
    }),
  );
  const builds = await product.withTemporal((client) => buildsOf(client, probe.workflowId));
  if (builds.join() !== 'old,new') throw new Error(`the backfill ran on builds ${builds.join()}`);
}

const hasNoVersionedRuns = async ({ workflow }: Client): Promise<boolean> =>
  (await workflow.count(`TemporalWorkerDeployment = '${DEPLOYMENT}' and ExecutionStatus = 'Running'`)).count === 0;

export const INCOMPATIBLE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'incompatible-worker',
    fault:
      `during a backfill of ${ASSETS} assets, the worker is replaced by one whose workflows have one more step, until the ` +
      "backfill's run says that no worker can continue it; then the former worker comes back",
    recoveryS: REST_S,
    inject: replaceWorker,
    conclude: untrack,
  },
  {
    name: 'incompatible-version',
    fault:
      `during a backfill of ${ASSETS} assets, a worker whose workflows have one more step starts beside the old one, as a new ` +
      'version that becomes the current one; the backfill must go on there as soon as it continues as new',
    recoveryS: 15,
    inject: addVersion,
    conclude: untrack,
  },
];

import type { RunningProcess } from '../../cli/embedded/service.js';
import { temporalCli } from '../../cli/embedded/temporal-binary.js';
import { signal } from '../../cli/lib/processes.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { connectOnce } from '../../db/client.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { compareRuns, listWorkflows, RUN_ROWS, type RunRow } from '../chaos/compare-runs.js';
import { until } from '../chaos/until.js';
import type { ConnectionCount } from './connections.js';
import { type Ended, Product } from './product.js';
import type { Checks } from './report.js';
import type { TemporalCluster } from './temporal-server.js';

/** For what takes seconds on a machine with nothing else to do. */
const PATIENCE_MS = 5 * MINUTE;
const INTERVAL_MS = 250;
/** Temporal's number of the state of an activity that a worker is executing. */
const STARTED = 2;
/** And of the kind of a task queue from which activities are taken. */
const ACTIVITIES = 2;
/** Stocks only, so that a minute's work is enough to kill a worker in. */
const BACKFILL = ['--timeframe', '1m', '--reprocess', 'all'];
const SCHEDULE = 'stocks_1min';
const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];

const seconds = (since: number): string => `${((performance.now() - since) / SECOND).toFixed(1)} s`;
const lastLine = (output: string): string => output.split('\n').at(-1)!;
/** @throws Error with the end of the output unless the command succeeded */
function succeeded({ code, output }: Ended): string {
  if (code === 0) return output;
  throw new Error(`exit code ${code}: ${output.slice(-2_000)}`);
}

export interface Scenario {
  product: Product;
  cluster: TemporalCluster;
  connections: ConnectionCount;
  /** Connections that the database gives to the product. */
  connectionLimit: number;
}

/** Runs the product on a Temporal server that nobody has used yet, from the set-up to the last worker's end. */
export async function checkProduct(checks: Checks, scenario: Scenario): Promise<void> {
  const { product } = scenario;
  await product.startSandbox();
  await checkSetUp(checks, scenario);
  const since = performance.now();
  const workers = await Promise.all(WORKERS.map((name) => product.startWorker(name)));
  const apis = await Promise.all(['api-1', 'api-2'].map((name) => product.startApi(name)));
  await checkRunning(checks, product, apis, since);
  await checkKilledWorker(checks, product, workers[0]!);
  await checkKilledNode(checks, scenario, apis);
  await checkEnd(checks, scenario);
}

async function checkSetUp(checks: Checks, { product, cluster }: Scenario): Promise<void> {
  const { withoutCertificate } = cluster;
  if (withoutCertificate)
    await checks.check('a client without its certificate is told so', async () => {
      const variables = { ...product.variables, ...withoutCertificate };
      for (const name of ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'])
        Reflect.deleteProperty(variables, name);
      const { code, output } = await product.command('worker/setup', [], variables);
      if (code !== 1 || !output.includes('TEMPORAL_TLS_CLIENT_CERT_PATH'))
        throw new Error(`exit code ${code}: ${output}`);
      return 'names the variable';
    });
  await checks.check('the temporal command connects with the same variables', async () => {
    return lastLine(succeeded(await product.program(await temporalCli(), ['operator', 'cluster', 'health'])));
  });
  for (const time of ['first', 'second'])
    await checks.check(`the set-up succeeds the ${time} time`, async () => {
      const since = performance.now();
      succeeded(await product.command('worker/setup'));
      return seconds(since);
    });
}

/** @param since when the workers were started */
async function checkRunning(checks: Checks, product: Product, apis: readonly string[], since: number): Promise<void> {
  await checks.check('both APIs are ready', async () => {
    await ready(apis);
    return seconds(since);
  });
  await checks.check('the first backfill loads every asset', async () => {
    const missing = () =>
      rows(product, `select symbol from assets a where active and not exists (select from bars where asset_id = a.id)`);
    await until('bars of every asset', PATIENCE_MS, async () => (await missing()).length === 0, INTERVAL_MS);
    const [bars] = await rows<{ count: string }>(product, 'select count(*) from bars');
    return `${bars!.count} bars after ${seconds(since)}`;
  });
  await checks.check(`the schedule ${SCHEDULE} fires`, () => scheduledRun(product));
  await checks.check('npm run backfill', async () =>
    lastLine(
      succeeded(await product.command('cli/backfill', ['--assets', 'SPY', '--timeframe', '1d', '--reprocess', 'all'])),
    ),
  );
  await checks.check('the same request to both APIs starts one backfill', async () => {
    const bodies = await Promise.all(apis.map((api) => startBackfill(product, api)));
    const ids = new Set(bodies);
    if (ids.size !== 1) throw new Error(`started: ${[...ids].join(', ')}`);
    return [...ids][0]!;
  });
}

async function ready(apis: readonly string[]): Promise<string> {
  for (const api of apis)
    await until(`${api}/readyz`, PATIENCE_MS, async () => (await fetch(`${api}/readyz`)).ok, INTERVAL_MS);
  return `${apis.length} APIs`;
}

/** Waits for the next run that the schedule starts. */
async function scheduledRun(product: Product): Promise<string> {
  const from = new Date();
  const runs = () =>
    rows<{ duration: number }>(
      product,
      `select duration_ms as duration from pipeline_runs where pipeline = $1 and trigger = 'schedule'
      and status = 'succeeded' and scheduled_at > $2`,
      [SCHEDULE, from],
    );
  await until('a scheduled run', PATIENCE_MS, async () => (await runs()).length > 0, INTERVAL_MS);
  return `a run of ${(await runs())[0]!.duration} ms`;
}

/** @returns the id of the workflow that the API answers with */
async function startBackfill(product: Product, api: string): Promise<string> {
  const response = await fetch(`${api}/api/pipeline/backfills`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${product.adminToken}`,
      'content-type': 'application/json',
      'idempotency-key': 'test-cluster',
    },
    body: JSON.stringify({ symbols: ['NVDA'], timeframe: '1d', reprocess: 'all' }),
  });
  const body = (await response.json()) as { workflowId?: string; detail?: string };
  if (!body.workflowId) throw new Error(`${response.status}: ${body.detail}`);
  return body.workflowId;
}

async function checkKilledWorker(checks: Checks, product: Product, victim: RunningProcess): Promise<void> {
  const identity = Product.identityOf(victim);
  await checks.check('a backfill survives the worker that is killed in it', () =>
    backfillSurvives(product, victim, () => isWorking(product, (its) => its === identity)),
  );
  await checks.check('four workers share a backfill', async () => {
    const fifth = Product.identityOf(await product.startWorker('worker-5'));
    await until('polls of the new worker', PATIENCE_MS, () => hasPolled(product, fifth), INTERVAL_MS);
    const since = performance.now();
    return `${seconds(since)}: ${lastLine(succeeded(await product.command('cli/backfill', BACKFILL)))}`;
  });
}

async function checkKilledNode(checks: Checks, { product, cluster }: Scenario, apis: readonly string[]): Promise<void> {
  await checks.check('a backfill survives the node of Temporal that is killed in it', () =>
    backfillSurvives(product, cluster.nodes[0]!, () => isWorking(product, () => true)),
  );
  await checks.check(`the schedule ${SCHEDULE} fires on the other node`, () => scheduledRun(product));
  await checks.check('both APIs are ready again', () => ready(apis));
}

/** Kills a process while a backfill is at work. @returns what became of the backfill */
async function backfillSurvives(
  product: Product,
  victim: RunningProcess,
  isAtWork: () => Promise<boolean>,
): Promise<string> {
  const backfill = product.command('cli/backfill', BACKFILL);
  await until('work of the backfill', PATIENCE_MS, isAtWork, INTERVAL_MS / 5);
  signal(victim.pid, 'SIGKILL');
  const since = performance.now();
  const summary = lastLine(succeeded(await backfill));
  return `${seconds(since)} after the kill: ${summary}`;
}

async function checkEnd(checks: Checks, { product, connections, connectionLimit }: Scenario): Promise<void> {
  await checks.check('pipeline_runs equals the list of Temporal', async () => {
    let findings = await differences(product);
    await until('the same runs', PATIENCE_MS, async () => (findings = await differences(product)).length === 0).catch(
      (error: Error) => {
        throw new Error(findings.map(({ what }) => what).join('; ') || error.message);
      },
    );
    const [runs] = await rows<{ count: string }>(product, 'select count(*) from pipeline_runs');
    return `${runs!.count} runs`;
  });
  await checks.check('no fire of a schedule ran twice', async () => {
    const [fires] = await rows<{ count: number; twice: number }>(
      product,
      `select count(*)::int as count, count(*) filter (where runs > 1)::int as twice from (
        select count(*) as runs from pipeline_runs where trigger = 'schedule' group by pipeline, scheduled_at) t`,
    );
    if (fires!.twice > 0) throw new Error(`${fires!.twice} of ${fires!.count} did`);
    return `${fires!.count} fires`;
  });
  await checks.check('the doctor finds nothing wrong', async () =>
    lastLine(succeeded(await product.command('cli/doctor'))),
  );
  await checks.check('the programs stop when they are told to', async () => {
    const ends = Object.entries(await product.stop()).filter(([name]) => name !== 'worker-1');
    const unclean = ends.filter(([name, end]) => name !== 'sandbox' && end !== 'exit code 0');
    if (unclean.length > 0) throw new Error(unclean.map(([name, end]) => `${name}: ${end}`).join('; '));
    return `${ends.length} programs`;
  });
  await checks.check('the pools stay within what the database gives', async () => {
    const { highest, peaks } = await connections.stop();
    const most = [...peaks]
      .filter(([, count]) => count > 1)
      .map(([application, count]) => `${application} ${count}`)
      .join(', ');
    const words = `${highest} of ${connectionLimit} at the peak (${most})`;
    if (highest > connectionLimit) throw new Error(words);
    return words;
  });
}

const differences = async (product: Product) => {
  const listed = await product.withTemporal(listWorkflows);
  return compareRuns(listed, await rows<RunRow>(product, RUN_ROWS));
};

/** Whether one of the workers is executing an activity of a backfill right now. */
const isWorking = (product: Product, isOne: (identity: string) => boolean): Promise<boolean> =>
  product.withTemporal(async ({ workflow }) => {
    for await (const { workflowId } of workflow.list({ query: `ExecutionStatus = 'Running'` })) {
      if (!workflowId.startsWith('backfill-')) continue;
      const { pendingActivities } = (await workflow.getHandle(workflowId).describe()).raw;
      if (pendingActivities?.some((each) => Number(each.state) === STARTED && isOne(each.lastWorkerIdentity ?? '')))
        return true;
    }
    return false;
  });

/** Whether the worker asks Temporal for work. */
const hasPolled = (product: Product, identity: string): Promise<boolean> =>
  product.withTemporal(async ({ workflowService, options: { namespace } }) => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: PIPELINE_QUEUE },
      taskQueueType: ACTIVITIES,
    });
    return Boolean(pollers?.some((poller) => poller.identity === identity));
  });

/** One query of the product's database. */
async function rows<Row extends object>(product: Product, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = await connectOnce({ connectionString: product.variables.DATABASE_URL, application_name: 'test' });
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

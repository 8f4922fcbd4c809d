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

const seconds = (since: number): string => `${((performance.now() - since) / SECOND).toFixed(1)} s`;
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
  const [first] = await Promise.all([product.startWorker('worker-1'), product.startWorker('worker-2')]);
  await product.startApi();
  await checkRunning(checks, product, since);
  await checkKilledWorker(checks, product, first);
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
    const output = succeeded(await product.program(await temporalCli(), ['operator', 'cluster', 'health']));
    return output.split('\n').at(-1)!;
  });
  for (const time of ['first', 'second'])
    await checks.check(`the set-up succeeds the ${time} time`, async () => {
      const since = performance.now();
      succeeded(await product.command('worker/setup'));
      return seconds(since);
    });
}

/** @param since when the first worker was started */
async function checkRunning(checks: Checks, product: Product, since: number): Promise<void> {
  await checks.check('the API is ready', async () => {
    await until('/readyz', PATIENCE_MS, async () => (await product.request('/readyz')).ok, INTERVAL_MS);
    return seconds(since);
  });
  await checks.check('the first backfill loads every asset', async () => {
    const missing = () =>
      rows(product, `select symbol from assets a where active and not exists (select from bars where asset_id = a.id)`);
    await until('bars of every asset', PATIENCE_MS, async () => (await missing()).length === 0, INTERVAL_MS);
    const [bars] = await rows<{ count: string }>(product, 'select count(*) from bars');
    return `${bars!.count} bars after ${seconds(since)}`;
  });
  await checks.check(`the schedule ${SCHEDULE} fires`, async () => {
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
  });
  await checks.check('npm run backfill', async () =>
    succeeded(await product.command('cli/backfill', ['--assets', 'SPY', '--timeframe', '1d', '--reprocess', 'all']))
      .split('\n')
      .at(-1)!,
  );
}

async function checkKilledWorker(checks: Checks, product: Product, victim: RunningProcess): Promise<void> {
  await checks.check('a backfill survives the worker that is killed in it', async () => {
    const backfill = product.command('cli/backfill', BACKFILL);
    const identity = Product.identityOf(victim);
    await until('work of the worker', PATIENCE_MS, () => isWorking(product, identity), INTERVAL_MS / 5);
    signal(victim.pid, 'SIGKILL');
    const since = performance.now();
    const summary = succeeded(await backfill)
      .split('\n')
      .at(-1)!;
    return `${seconds(since)} after the kill: ${summary}`;
  });
  await checks.check('four workers share a backfill', async () => {
    const others = await Promise.all(['worker-3', 'worker-4', 'worker-5'].map((name) => product.startWorker(name)));
    const all = async () => {
      const polled = await Promise.all(others.map((worker) => hasPolled(product, Product.identityOf(worker))));
      return polled.every(Boolean);
    };
    await until('polls of the new workers', PATIENCE_MS, all, INTERVAL_MS);
    const since = performance.now();
    const summary = succeeded(await product.command('cli/backfill', BACKFILL))
      .split('\n')
      .at(-1)!;
    return `${seconds(since)}: ${summary}`;
  });
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
  await checks.check('the doctor finds nothing wrong', async () =>
    succeeded(await product.command('cli/doctor'))
      .split('\n')
      .at(-1)!,
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

/** Whether the worker is executing an activity of a backfill right now. */
const isWorking = (product: Product, identity: string): Promise<boolean> =>
  product.withTemporal(async ({ workflow }) => {
    for await (const { workflowId } of workflow.list({ query: `ExecutionStatus = 'Running'` })) {
      if (!workflowId.startsWith('backfill-')) continue;
      const { pendingActivities } = (await workflow.getHandle(workflowId).describe()).raw;
      if (pendingActivities?.some((each) => Number(each.state) === STARTED && each.lastWorkerIdentity === identity))
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

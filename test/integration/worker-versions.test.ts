import { afterAll, beforeAll, expect, it } from 'vitest';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { deploymentOf } from '../../worker/deployment.js';
import { eventually } from '../environment/eventually.js';
import { runWorkers } from '../environment/run-workers.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { temporal } from '../environment/temporal-command.js';
import { workflowBundle } from '../environment/workflows.js';
import { bars, fakes } from '../fake-activities.js';

const WORKER_DEPLOYMENT = 'barkeep';
const QUEUES = [PIPELINE_QUEUE, providerQueue('yahoo', 'live'), providerQueue('yahoo', 'bulk')];

let namespace: TestNamespace;
let connection: NativeConnection;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  namespace = await createTestNamespace();
  connection = await NativeConnection.connect({ address: namespace.address });
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await connection.close();
  await namespace.close();
});

/** Starts the workers of a build, with activities that a test chooses. */
async function startBuild(buildId: string, change: Partial<Activities>): Promise<void> {
  const { activities } = fakes(change);
  const workers = await Promise.all(
    QUEUES.map((taskQueue) =>
      Worker.create({
        ...{ connection, namespace: namespace.namespace, taskQueue, activities },
        ...deploymentOf({ WORKER_DEPLOYMENT, WORKER_BUILD_ID: buildId }),
        ...(taskQueue === PIPELINE_QUEUE && { workflowBundle: workflowBundle() }),
      }),
    ),
  );
  stops.push(runWorkers(workers));
}

/** As the runbook says. */
async function makeCurrent(buildId: string): Promise<void> {
  const command = ['worker', 'deployment', 'set-current-version', '--yes'];
  const version = ['--deployment-name', WORKER_DEPLOYMENT, '--build-id', buildId];
  // a version is known once its workers have polled
  await eventually(async () => void (await temporal(namespace, ...command, ...version)));
}

async function start(type: string, workflowId: string, input: object) {
  const handle = await namespace.client.workflow.start(type, { workflowId, taskQueue: PIPELINE_QUEUE, args: [input] });
  const buildOf = async (runId?: string) => {
    const { raw } = await namespace.client.workflow.getHandle(workflowId, runId).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  };
  return { handle, buildOf };
}

it('a run stays on the build that began it, and a backfill takes the current one when it continues as new', async () => {
  // an extract that takes too long is repeated
  const extracts = new Set<string>();
  let plans = 0;
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const planBackfill: Activities['planBackfill'] = () => {
    const requests = plans++ < 2 ? [bars(1)] : [];
    return Promise.resolve({ requests, skipped: null, more: requests.length > 0, waiting: 0 });
  };
  const extractOf =
    (build: string): Activities['extract'] =>
    async ({ run, request }) => {
      extracts.add(`${run.workflowId} by ${build}`);
      if (build === 'one') await released;
      return { assetId: request.kind === 'bars' ? request.assetId : null, timeframe: '1m', rows: 3, payloadId: 1 };
    };
  const ofBuild = (build: string) => ({
    planBackfill,
    planLive: () => Promise.resolve({ requests: [bars(1)], skipped: null, more: false, waiting: 0 }),
    extract: extractOf(build),
  });

  await startBuild('one', ofBuild('one'));
  await makeCurrent('one');
  const backfill = await start(WORKFLOWS.backfill, 'backfill', {});
  const live = await start(WORKFLOWS.stocks, 'live', { pipeline: 'stocks_1d' });
  await eventually(() => expect([...extracts].sort()).toEqual(['backfill by one', 'live by one']));

  await startBuild('two', ofBuild('two'));
  await makeCurrent('two');
  const later = await start(WORKFLOWS.stocks, 'later', { pipeline: 'stocks_1d' });
  await later.handle.result();
  release();
  await Promise.all([backfill.handle.result(), live.handle.result()]);

  expect(await live.buildOf()).toBe('one');
  expect(await later.buildOf()).toBe('two');
  expect([await backfill.buildOf(backfill.handle.firstExecutionRunId), await backfill.buildOf()]).toEqual([
    'one',
    'two',
  ]);
  expect([...extracts].sort()).toEqual(['backfill by one', 'backfill by two', 'later by two', 'live by one']);
});

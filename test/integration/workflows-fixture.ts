import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.js';
import { fakes } from '../fake-activities.js';
import { addSearchAttributes } from '../environment/namespace.js';
import { runWorkers } from '../environment/run-workers.js';
import { workflowBundle } from '../environment/workflows.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { BUGS } from '../../contracts/failures.js';

export type FakeWorkers = Awaited<ReturnType<typeof startFakeWorkers>>;

/**
 * Real workflows on a Temporal that skips time, with activities that each test chooses. The workers are those of all tests:
 * to start them takes longer than most workflows.
 */
export async function startFakeWorkers() {
  const path = process.env.BARKEEP_TEST_SERVER_PATH;
  if (!path) throw new Error('BARKEEP_TEST_SERVER_PATH is not set: run the tests through `npm test`');
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await addSearchAttributes(env.connection, 'default');
  let count = 0;
  let current = fakes().activities;
  const activities = Object.fromEntries(
    (Object.keys(current) as (keyof Activities)[]).map((name) => [
      name,
      (input: never): Promise<unknown> => current[name](input),
    ]),
  );
  const queues = [PIPELINE_QUEUE, providerQueue('yahoo', 'live'), providerQueue('yahoo', 'bulk')];
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        activities,
        ...(taskQueue === PIPELINE_QUEUE
          ? { workflowBundle: workflowBundle(), workflowFailureErrorTypes: { '*': [...BUGS] } }
          : {}),
      }),
    ),
  );
  const stop = runWorkers(workers);

  /** The workers of all queues do these activities while `body` does its work. */
  async function withActivities<T>(chosen: Activities, body: () => Promise<T>): Promise<T> {
    current = chosen;
    return body();
  }

  const start = (type: string, input: object) =>
    env.client.workflow.start(type, { workflowId: `test-${++count}`, taskQueue: PIPELINE_QUEUE, args: [input] });
  const run = async (type: string, input: object): Promise<unknown> => (await start(type, input)).result();
  const close = async () => {
    await stop();
    await env.teardown();
  };
  return { env, withActivities, start, run, close };
}

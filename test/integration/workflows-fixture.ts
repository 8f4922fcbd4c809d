import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.js';
import { addSearchAttributes } from '../environment/namespace.js';
import { runWorkers } from '../environment/run-workers.js';
import { workflowBundle } from '../environment/workflows.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { BUGS } from '../../contracts/failures.js';

export type FakeWorkers = Awaited<ReturnType<typeof startFakeWorkers>>;

/** Real workflows on a Temporal that skips time, with activities that each test chooses. */
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

  /** Runs workers for all queues while `body` does its work. */
  async function withWorkers<T>(activities: Activities, body: () => Promise<T>): Promise<T> {
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
    try {
      return await body();
    } finally {
      await stop();
    }
  }

  const start = (type: string, input: object) =>
    env.client.workflow.start(type, { workflowId: `test-${++count}`, taskQueue: PIPELINE_QUEUE, args: [input] });
  const run = async (type: string, input: object): Promise<unknown> => (await start(type, input)).result();
  return { env, withWorkers, start, run };
}

import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));

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
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
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
          ...(taskQueue === PIPELINE_QUEUE ? { workflowBundle } : {}),
        }),
      ),
    );
    const running = workers.map((worker) => worker.run());
    try {
      return await body();
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    }
  }

  const start = (type: string, input: object) =>
    env.client.workflow.start(type, { workflowId: `test-${++count}`, taskQueue: PIPELINE_QUEUE, args: [input] });
  const run = async (type: string, input: object): Promise<unknown> => (await start(type, input)).result();
  return { env, withWorkers, start, run };
}

/** How an activity fails. */
export const down = (type: string, nonRetryable: boolean) =>
  ApplicationFailure.create({ type, message: `${type} it is`, nonRetryable });

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.js';
import { temporalCli } from '../../cli/embedded/temporal-binary.js';
import type { BackfillPlanInput, OpenRunInput, RecordProgressInput } from '../../contracts/activities.js';
import { RESIZE_UPDATE } from '../../contracts/backfill-updates.js';
import { type BackfillProgress, PROGRESS_QUERY } from '../../contracts/queries.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { SEARCH_KEYS } from '../../contracts/search-attributes.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { runWorkers } from '../environment/run-workers.js';
import { workflowBundle } from '../environment/workflows.js';
import { bars, fakes } from '../fake-activities.js';

/** Temporal suggests to continue as new beyond so many events; by default 4,096. */
const SUGGEST_CONTINUING = 100;
const PAGES = 8;
/** Requests of a page: one of each of its assets. */
const PAGE = 10;

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await temporalCli({ log: () => undefined }) },
      extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${SUGGEST_CONTINUING}`],
      searchAttributes: Object.values(SEARCH_KEYS),
    },
  });
});
afterAll(() => env.teardown());

async function withWorkers(activities: Activities, body: () => Promise<void>): Promise<void> {
  const common = { connection: env.nativeConnection, activities };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: PIPELINE_QUEUE, workflowBundle: workflowBundle() }),
    Worker.create({ ...common, taskQueue: providerQueue('yahoo', 'bulk') }),
  ]);
  const stop = runWorkers(workers);
  try {
    await body();
  } finally {
    await stop();
  }
}

/** Events of each execution of a run, the first one first. */
async function eventsOf({ workflowId }: WorkflowHandle): Promise<number[]> {
  const executions: { startTime: Date; historyLength: number }[] = [];
  for await (const execution of env.client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    executions.push(execution);
  return executions.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).map((one) => one.historyLength);
}

it('a long backfill continues as new where it was: one row, one total, and what an Update has changed', async () => {
  const plans: BackfillPlanInput[] = [];
  const opened: OpenRunInput[] = [];
  const recorded: RecordProgressInput[] = [];
  let handle: WorkflowHandle;
  const { activities, closed } = fakes({
    openRun: (input) => {
      opened.push(input);
      return Promise.resolve({ nominalAt: 0, asOf: 10_000, supersededBy: null });
    },
    recordProgress: (input) => Promise.resolve(void recorded.push(input)),
    planBackfill: async (input) => {
      plans.push(input);
      if (plans.length === 1) await handle.executeUpdate(RESIZE_UPDATE, { args: [{ concurrency: 3 }] });
      const first = (input.after ?? 0) + 1;
      const next = first + PAGE - 1;
      const isLast = next === PAGES * PAGE;
      return {
        requests: Array.from({ length: PAGE }, (_, i) => bars(first + i)),
        ...{ more: !isLast, next: isLast ? undefined : next, assets: { planned: next, total: PAGES * PAGE } },
        ...{ skipped: null, waiting: 0 },
      };
    },
  });
  await withWorkers(activities, async () => {
    const start = { workflowId: 'backfill-long', taskQueue: PIPELINE_QUEUE, args: [{ reprocess: 'all' }] };
    handle = await env.client.workflow.start(WORKFLOWS.backfill, start);
    await handle.result();
    expect(await handle.query<BackfillProgress>(PROGRESS_QUERY)).toMatchObject({
      ...{ requestsTotal: PAGES * PAGE, requestsDone: PAGES * PAGE, rowsInserted: 2 * PAGES * PAGE, isEstimate: false },
      ...{ concurrency: 3, page: PAGES },
    });
  });
  expect(plans.map(({ after }) => after ?? 0)).toEqual(Array.from({ length: PAGES }, (_, i) => i * PAGE));
  // the input was checked once
  expect(plans.filter(({ asked }) => asked !== undefined)).toHaveLength(1);
  expect(new Set([...opened, ...recorded, ...closed].map(({ runId }) => runId)).size).toBe(1);
  expect(closed).toEqual([
    expect.objectContaining({ status: 'succeeded', assetsOk: PAGES * PAGE, requestsDone: PAGES * PAGE }),
  ]);
  // before and after each page; a page that takes long is recorded meanwhile, too
  expect(recorded.length).toBeGreaterThanOrEqual(2 * PAGES);
  expect(new Set(recorded.map(({ requestsTotal }) => requestsTotal))).toEqual(new Set([PAGES * PAGE]));
  const events = await eventsOf(handle!);
  expect(events.length).toBeGreaterThan(2);
  expect(Math.max(...events)).toBeLessThan(2 * SUGGEST_CONTINUING + 100);
});

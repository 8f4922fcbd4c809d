import { setTimeout as delay } from 'node:timers/promises';
import { readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { temporalCli } from '../../cli/embedded/temporal-binary.js';
import { GRIDS } from '../../config/catalog/schedules.js';
import { PIPELINE_QUEUE, providerQueue } from '../../contracts/queues.js';
import { SCHEDULED_START, SEARCH_KEYS } from '../../contracts/search-attributes.js';
import { PIPELINE_OF_TYPE } from '../../contracts/workflows.js';
import { HOUR } from '../../domain/timeframe.js';
import { runWorkers } from '../environment/run-workers.js';
import { fakes } from '../fake-activities.js';
import { type Scenario, SCENARIOS } from './scenarios.js';

/*
 * `npm run histories` records, with the current code, the scenarios that have no recording yet. A recording stands for the
 * runs that are in progress while a worker is updated, so it stays as it is when the code changes.
 */

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
/** Temporal suggests to continue as new beyond so many events; its default, 4,096, would make a large file. */
const SUGGEST_CONTINUING = 400;
const POLL_MS = 100;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const recorded = await readdir(folder);
  const missing = Object.entries(SCENARIOS).filter(([name]) => !recorded.includes(`${name}.json`));
  if (missing.length === 0) return say('Every scenario has its recording.');
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await temporalCli({ log: say }) },
      log: { format: 'pretty', level: 'error' },
      extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${SUGGEST_CONTINUING}`],
      searchAttributes: Object.values(SEARCH_KEYS),
    },
  });
  try {
    await withWorkers(env, () => Promise.all(missing.map(([name, scenario]) => record(env, name, scenario))));
  } finally {
    await env.teardown();
  }
}

/** Runs workers whose activities do what the scenario says that has the name of the workflow; a child's succeed. */
async function withWorkers(env: TestWorkflowEnvironment, body: () => Promise<unknown>): Promise<void> {
  const byScenario = new Map(
    Object.entries(SCENARIOS).map(([name, { activities }]) => [name, fakes(activities).activities]),
  );
  const ordinary = fakes().activities;
  const activities = Object.fromEntries(
    Object.keys(ordinary).map((activity) => [
      activity,
      (input: unknown) => {
        const { workflowExecution } = Context.current().info;
        const chosen: Record<string, unknown> = byScenario.get(workflowExecution!.workflowId) ?? ordinary;
        return (chosen[activity] as (input: unknown) => unknown)(input);
      },
    ]),
  );
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const queues = [PIPELINE_QUEUE, providerQueue('yahoo', 'live'), providerQueue('yahoo', 'bulk')];
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        ...{ connection: env.nativeConnection, taskQueue, activities },
        ...(taskQueue === PIPELINE_QUEUE && { workflowBundle }),
      }),
    ),
  );
  const stop = runWorkers(workers);
  try {
    await body();
  } finally {
    await stop();
  }
}

/** Runs a scenario and writes the history of each execution of its chain. */
async function record({ client }: TestWorkflowEnvironment, name: string, scenario: Scenario): Promise<void> {
  const { type, input, scheduled, runTimeoutMs, interrupted } = scenario;
  const handle = await client.workflow.start(type, {
    workflowId: name,
    taskQueue: PIPELINE_QUEUE,
    args: input ? [input] : [],
    ...(runTimeoutMs && { workflowRunTimeout: runTimeoutMs }),
    ...(scheduled && { typedSearchAttributes: scheduledAt(type, scheduled) }),
  });
  if (interrupted) {
    await untilGiven(handle, interrupted.at);
    await (interrupted.by === 'cancel' ? handle.cancel() : handle.terminate('no longer wanted'));
  }
  await handle.result().catch(() => undefined); // many scenarios end badly
  let runId: string | undefined = handle.firstExecutionRunId;
  for (let execution = 1; runId; execution++) {
    const history = await client.workflow.getHandle(name, runId).fetchHistory();
    const file = `${name}${execution > 1 ? `-${execution}` : ''}.json`;
    await writeFile(`${folder}${file}`, anonymous(historyToJSON(history)));
    say(`${file}: ${history.events!.length} events`);
    runId = history.events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
}

/** On time is the next fire of the schedule: one that is past may count as a backfill. */
function scheduledAt(type: string, scheduled: NonNullable<Scenario['scheduled']>): TypedSearchAttributes {
  const { gridMs, offsetMs } = GRIDS[PIPELINE_OF_TYPE[type] as keyof typeof GRIDS];
  const next = Math.ceil((Date.now() - offsetMs) / gridMs) * gridMs + offsetMs;
  const value = new Date(scheduled === 'on time' ? next : next - HOUR);
  return new TypedSearchAttributes([{ key: SCHEDULED_START, value }]);
}

async function untilGiven(handle: WorkflowHandle, command: NonNullable<Scenario['interrupted']>['at']): Promise<void> {
  for (;;) {
    const { events } = await handle.fetchHistory();
    const isGiven = events!.some(
      ({ activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer }) =>
        command === 'timer' ? timer : activity?.activityType?.name === command,
    );
    if (isGiven) return;
    await delay(POLL_MS);
  }
}

/** Without what identifies the machine: a replay reads neither identities nor stack traces. */
const anonymous = (json: string): string =>
  JSON.stringify(JSON.parse(json), (key, value: unknown) => {
    if (key === 'identity') return 'recorder';
    return key === 'stackTrace' ? undefined : value;
  });

await main();

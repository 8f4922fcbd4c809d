import type { Client, ScheduleDescription } from '@temporalio/client';
import type { ProviderId } from '../../config/catalog/providers.js';
import { describeSchedule } from '../../contracts/describe-schedule.js';
import { PIPELINE, pollersOf, queuesOf } from '../../contracts/pollers.js';
import { SCHEDULES, type ScheduleId } from '../../contracts/schedules.js';
import { counted } from '../../domain/in-words.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { isOffNote } from '../../worker/schedules-off.js';
import { type Check, error, ok, warning } from './check.js';

/** Version of the server, and whether it has our namespace. @throws Error if it cannot be used */
export async function checkServer(client: Client): Promise<Check> {
  const { namespace } = client.options;
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const { config } = await client.workflowService.describeNamespace({ namespace });
  const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / (DAY / SECOND);
  return ok(
    'temporal',
    `server ${serverVersion}, namespace ${namespace}, histories are kept for ${counted(Math.round(days), 'day')}`,
  );
}

/** Whether all schedules are there, and fire. */
export async function checkSchedules(client: Client): Promise<Check> {
  const ids = Object.keys(SCHEDULES) as ScheduleId[];
  const described = await Promise.all(
    ids.map(async (id) => [id, await describeSchedule(client, id)] as [ScheduleId, ScheduleDescription | null]),
  );
  const missing = described.filter(([, schedule]) => schedule === null).map(([id]) => id);
  if (missing.length > 0)
    return error('schedules', `missing: ${missing.join(', ')}`, 'Start a worker: it creates them within a minute.');
  const paused = described.filter(([, schedule]) => schedule!.state.paused);
  const byOperator = paused.filter(([, schedule]) => !isOffNote(schedule!.state.note));
  if (byOperator.length > 0)
    return warning(
      'schedules',
      `paused: ${byOperator.map(([id, schedule]) => `${id} (${schedule!.state.note || 'no reason given'})`).join(', ')}`,
      `Resume them on the page Runs of the dashboard, or with temporal schedule toggle --unpause --schedule-id ${byOperator[0]![0]}.`,
    );
  const off = paused.map(([id]) => id);
  return ok(
    'schedules',
    `all ${ids.length} exist${off.length > 0 ? `; paused, because there is nothing to do: ${off.join(', ')}` : ''}`,
  );
}

/**
 * Whether workers poll every task queue.
 * @param providers those that are on
 * @param now wall clock, epoch ms
 */
export async function checkWorkers(client: Client, providers: readonly ProviderId[], now: number): Promise<Check> {
  const queues = [...PIPELINE, ...providers.flatMap(queuesOf)];
  const polled = await Promise.all(queues.map(async (one) => ({ ...one, workers: await pollersOf(client, one, now) })));
  const workers = new Set(polled.flatMap((one) => one.workers));
  if (workers.size === 0)
    return error(
      'workers',
      'none polls: nothing is fetched',
      'Start one: npm start does, or docker compose up --detach.',
    );
  const idle = [...new Set(polled.filter((one) => one.workers.length === 0).map(({ queue }) => queue))];
  if (idle.length > 0)
    return error(
      'workers',
      `${counted(workers.size, 'worker')}, but none polls ${idle.join(', ')}`,
      'Start a worker that serves these queues (WORKER_QUEUES).',
    );
  return ok('workers', `${counted(workers.size, 'worker')} (${[...workers].sort().join(', ')})`);
}

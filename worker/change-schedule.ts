import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import {
  type Client,
  isGrpcServiceError,
  ScheduleClient,
  type ScheduleDescription,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { SECOND } from '../domain/timeframe.js';

/** Temporal shows an update this soon. */
const POLL_MS = 100;
const GIVES_UP_AFTER_MS = 30 * SECOND;

/**
 * Changes a schedule without undoing what someone else changes in it at the same moment. Temporal drops an update that is
 * not based on the schedule's latest state, in some versions without an error; so it is repeated until nothing is left to
 * change.
 * @param change what the schedule, as Temporal shows it, has to become; null if it is right
 */
export async function changeSchedule(
  client: Client,
  id: string,
  change: (now: ScheduleDescription) => ScheduleUpdateOptions | null,
): Promise<void> {
  const deadline = performance.now() + GIVES_UP_AFTER_MS;
  for (;;) {
    const now = await client.schedule.getHandle(id).describe();
    const wanted = change(now);
    if (!wanted) return;
    if (performance.now() > deadline)
      throw new Error(`schedule ${id} cannot be updated: Temporal has not taken the update for 30 s`);
    await basedOn(now, client)
      .update(() => wanted)
      .catch(unlessOutdated);
    await delay(POLL_MS);
  }
}

/** A handle whose update changes that state of the schedule and no later one: the SDK's own handle overwrites any. */
function basedOn({ scheduleId, raw: { conflictToken } }: ScheduleDescription, { connection, schedule }: Client) {
  const { workflowService } = connection;
  const updateSchedule = (request: Parameters<typeof workflowService.updateSchedule>[0]) =>
    workflowService.updateSchedule({ ...request, conflictToken });
  const service = Object.create(workflowService, { updateSchedule: { value: updateSchedule } }) as object;
  const guarded = Object.create(connection, { workflowService: { value: service } }) as typeof connection;
  return new ScheduleClient({ ...schedule.options, connection: guarded }).getHandle(scheduleId);
}

function unlessOutdated(error: unknown): void {
  const { cause } = error as Error;
  if (!isGrpcServiceError(cause) || cause.code !== status.FAILED_PRECONDITION) throw error;
}

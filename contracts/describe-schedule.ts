import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { SCHEDULES, type ScheduleId } from './schedules.js';

/** A schedule of the project as it is in Temporal; null if it is missing. */
export async function describeSchedule(client: Client, id: ScheduleId): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(SCHEDULES[id]).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

import { workflowInfo } from '@temporalio/workflow';
import { GRIDS, MAINTENANCE } from '../config/catalog/schedules.js';
import { SCHEDULED_START } from '../contracts/search-attributes.js';
import type { Trigger } from '../domain/run.js';
import { BACKFILL_AFTER_MS } from './replay-sensitive.js';

/** When its schedule meant this run to start, epoch ms; null if no schedule started it. */
export const scheduledAt = (): number | null =>
  workflowInfo().typedSearchAttributes.get(SCHEDULED_START)?.getTime() ?? null;

/**
 * What started a run, by its scheduled time: off the grid it was `temporal schedule trigger`, late it was `backfill`. Maintenance
 * has nothing to backfill: late, its schedule has caught up what it missed.
 */
export function triggerOf(pipeline: keyof typeof GRIDS, scheduled: number | null, startedAt: number): Trigger {
  if (scheduled === null) return 'manual';
  const { gridMs, offsetMs } = GRIDS[pipeline];
  if (isLate(scheduled, startedAt) && !(pipeline in MAINTENANCE)) return 'backfill';
  return (scheduled - offsetMs) % gridMs === 0 ? 'schedule' : 'manual';
}

const isLate = (scheduled: number, startedAt: number): boolean => startedAt - scheduled > BACKFILL_AFTER_MS;

/** Whether `temporal schedule backfill` started this run: it has time, and the schedule's next fire has not. */
export function isLateFire(): boolean {
  const scheduled = scheduledAt();
  return scheduled !== null && isLate(scheduled, workflowInfo().startTime.getTime());
}

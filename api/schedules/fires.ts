import type { ScheduleDescription } from '@temporalio/client';
import type { ScheduleBody } from './schedules.schema.js';

/** What became of the fires of a schedule, each of which counts once. */
export const firesOf = ({ info, raw }: ScheduleDescription): NonNullable<ScheduleBody['fires']> => ({
  started: info.numActionsTaken,
  missed: info.numActionsMissedCatchupWindow,
  skipped: info.numActionsSkippedOverlap,
  dropped: Number(raw.info?.bufferDropped ?? 0),
});

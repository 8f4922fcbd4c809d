import {
  type LivePipeline,
  MAINTENANCE,
  type MaintenancePipeline,
  PIPELINES,
  UPKEEP,
  type UpkeepPipeline,
} from '../config/catalog/schedules.js';

export type ScheduleId = LivePipeline | UpkeepPipeline | MaintenancePipeline;

/** Ids of the schedules in Temporal: those of their pipelines. When each of them fires is in config/catalog/schedules.ts. */
export const SCHEDULES = Object.fromEntries(
  Object.keys({ ...PIPELINES, ...UPKEEP, ...MAINTENANCE }).map((id) => [id, id]),
) as { readonly [K in ScheduleId]: K };

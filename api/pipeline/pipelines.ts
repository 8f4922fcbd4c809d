import {
  PIPELINES,
  UPKEEP,
  type LivePipeline,
  type Pipeline,
  type UpkeepPipeline,
} from '../../config/catalog/schedules.js';

export const LIVE_PIPELINES = Object.keys(PIPELINES) as LivePipeline[];
export const PIPELINE_IDS = [
  ...LIVE_PIPELINES,
  ...(Object.keys(UPKEEP) as UpkeepPipeline[]),
  'backfill',
  'adjust_splits',
  'release',
  'import',
] as const satisfies readonly Pipeline[];

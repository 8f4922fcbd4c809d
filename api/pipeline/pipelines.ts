import { PIPELINES, type LivePipeline, type Pipeline } from '../../config/catalog.js';

export const LIVE_PIPELINES = Object.keys(PIPELINES) as LivePipeline[];
export const PIPELINE_IDS = [...LIVE_PIPELINES, 'backfill'] as const satisfies readonly Pipeline[];

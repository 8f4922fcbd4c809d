import type { ProviderId } from '../../config/catalog/providers.js';
import { PIPELINES } from '../../config/catalog/schedules.js';
import { MINUTE, type StoredTimeframe } from '../../domain/timeframe.js';

/** How long a run takes at most, ms. */
const RUN_MS = MINUTE;

/** A final bar is stored within this time, ms: the interval of the pipeline that fetches it, and its run. */
export function arrivalMs(provider: ProviderId, timeframe: StoredTimeframe): number {
  const pipelines = Object.values(PIPELINES).filter((pipeline) => pipeline.provider === provider);
  const fetching = pipelines.find(({ timeframes }) => (timeframes as readonly StoredTimeframe[]).includes(timeframe));
  return (fetching?.gridMs ?? 0) + RUN_MS;
}

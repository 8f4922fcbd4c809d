import { MINUTE, SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import type { ProviderId } from './providers.js';

/** The live schedules. They fire `offsetMs` after each multiple of `gridMs`, when a bar that just closed is final. */
export const PIPELINES = {
  stocks_1min: {
    title: 'Weekdays · every minute',
    gridMs: MINUTE,
    offsetMs: 10 * SECOND,
    provider: 'yahoo',
    timeframes: ['1m'],
  },
  stocks_1d: {
    title: 'Every 30 minutes, after a close',
    gridMs: 30 * MINUTE,
    offsetMs: 40 * SECOND,
    provider: 'yahoo',
    timeframes: ['1d'],
  },
  crypto_20min: {
    title: '24/7 · every 20 minutes',
    gridMs: 20 * MINUTE,
    offsetMs: 0,
    provider: 'coingecko',
    timeframes: ['30m', '4h', '4d'],
  },
} as const satisfies Record<
  string,
  { title: string; gridMs: number; offsetMs: number; provider: ProviderId; timeframes: StoredTimeframe[] }
>;
export type LivePipeline = keyof typeof PIPELINES;
/** Upkeep of stored bars. heal_gaps fires five minutes past the half hour, when the runs after a close have finished. */
export const UPKEEP = {
  heal_gaps: { title: 'Every 30 minutes', gridMs: 30 * MINUTE, offsetMs: 5 * MINUTE },
  verify_bars: { title: 'Every 30 minutes, what is due', gridMs: 30 * MINUTE, offsetMs: MINUTE },
} as const;
export type UpkeepPipeline = keyof typeof UPKEEP;
/** Pipelines whose runs each have a row in pipeline_runs. */
export type Pipeline = LivePipeline | UpkeepPipeline | 'backfill' | 'adjust_splits';
/** When the schedule of each pipeline fires. */
export const GRIDS: Readonly<Record<LivePipeline | UpkeepPipeline, { gridMs: number; offsetMs: number }>> = {
  ...PIPELINES,
  ...UPKEEP,
};

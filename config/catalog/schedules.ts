import { DAY, HOUR, MINUTE, SECOND, type StoredTimeframe } from '../../domain/timeframe.js';
import { type ProviderId, PROVIDERS } from './providers.js';

/** When a schedule fires: at every multiple of `gridMs` since the epoch, plus `offsetMs`. */
export interface Grid {
  gridMs: number;
  offsetMs: number;
}
/** `title` says in words when the schedule fires. */
type Timing = Grid & { title: string };

/** The live pipelines. `offsetMs` leaves a bar that has just closed the time to become final at its provider. */
export const PIPELINES = {
  stocks_1min: {
    title: 'Every minute, in a session',
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
  us_stocks_1min: {
    title: 'Every minute, in a session',
    gridMs: MINUTE,
    offsetMs: 40 * SECOND,
    provider: 'alpaca',
    timeframes: ['1m', '1d'],
  },
  crypto_1min: {
    title: '24/7 · every minute',
    gridMs: MINUTE,
    offsetMs: 15 * SECOND,
    provider: 'coinbase',
    timeframes: ['1m'],
  },
} as const satisfies Record<string, Timing & { provider: ProviderId; timeframes: StoredTimeframe[] }>;
export type LivePipeline = keyof typeof PIPELINES;

/** The live pipeline that brings the newest bars of a provider. */
export const livePipelineOf = (provider: ProviderId): LivePipeline =>
  (Object.keys(PIPELINES) as LivePipeline[]).find((id) => {
    const timeframes: readonly StoredTimeframe[] = PIPELINES[id].timeframes;
    return PIPELINES[id].provider === provider && timeframes.includes(PROVIDERS[provider].live);
  })!;

/** Upkeep of the stored bars. Five minutes past the half hour, the live runs that follow a close have finished. */
export const UPKEEP = {
  heal_gaps: { title: 'Every 30 minutes', gridMs: 30 * MINUTE, offsetMs: 5 * MINUTE },
  verify_bars: { title: 'Every 30 minutes, sessions that are due', gridMs: 30 * MINUTE, offsetMs: MINUTE },
} as const satisfies Record<string, Timing>;
export type UpkeepPipeline = keyof typeof UPKEEP;

/** Upkeep of the records and of the database. Its runs leave no row in pipeline_runs. */
export const MAINTENANCE = {
  reconcile_runs: { title: 'Every 5 minutes', gridMs: 5 * MINUTE, offsetMs: 0 },
  // after the live runs of the minute
  alerts: { title: 'Every minute', gridMs: MINUTE, offsetMs: 50 * SECOND },
  housekeeping: { title: 'Every hour', gridMs: HOUR, offsetMs: 20 * MINUTE },
  backup: { title: 'Every day', gridMs: DAY, offsetMs: 2.5 * HOUR },
} as const satisfies Record<string, Timing>;

export type MaintenancePipeline = keyof typeof MAINTENANCE;

/** Every pipeline whose runs have a row in pipeline_runs. */
export type Pipeline = LivePipeline | UpkeepPipeline | 'backfill' | 'adjust_splits' | 'release' | 'import';

/** The grid of everything that a schedule starts. */
export const GRIDS: Readonly<Record<LivePipeline | UpkeepPipeline | MaintenancePipeline, Grid>> = {
  ...PIPELINES,
  ...UPKEEP,
  ...MAINTENANCE,
};

/** The time that a run of a pipeline stands for: on its grid, if a schedule starts it. @param asOf market clock, epoch ms */
export function nominalTime(pipeline: Pipeline, asOf: number): number {
  const gridMs = pipeline in GRIDS ? GRIDS[pipeline as keyof typeof GRIDS].gridMs : 1;
  return Math.floor(asOf / gridMs) * gridMs;
}

import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import type { RequestCounts } from '../domain/run.js';

/** Result of the query `progress` of HealWorkflow and VerifyWorkflow. `requestsTotal` grows from page to page. */
export interface RunProgress extends RequestCounts {
  rowsInserted: number;
  /** When it requests again what the providers have not returned, ISO 8601, wall clock; null while it is not pausing. */
  waitsUntil: string | null;
}

/** Requests that wait for the rate limit of their provider. */
export interface RateWait {
  provider: ProviderId;
  /** How many are left. */
  requests: number;
  /** At the rate of bulk work. */
  secondsPerRequest: number;
}

/** Such as `waits for CoinGecko: one request every 3 s`. */
export const rateWaitInWords = ({ provider, secondsPerRequest }: RateWait): string =>
  `waits for ${PROVIDERS[provider].name}: one request every ${Number(secondsPerRequest.toFixed(1))} s`;

/** What a backfill is doing. */
export const BACKFILL_STATES = ['planning', 'waiting_for_approval', 'requesting', 'pausing'] as const;

/** Result of the query `progress` of BackfillWorkflow, and of its Updates. */
export interface BackfillProgress extends RunProgress {
  state: (typeof BACKFILL_STATES)[number];
  /** Whether `requestsTotal` includes an estimate for those that are not planned yet. */
  isEstimate: boolean;
  /** Sources of assets whose requests are planned, of all; 0 before the first plan. An asset with two sources counts twice. */
  assetsPlanned: number;
  assetsTotal: number;
  /** Pages planned so far. */
  page: number;
  /** The most of its requests that may be in progress at a time. */
  concurrency: number;
  /** The rate limit that it waits for the longest, of those of its providers; null if it waits for none. Absent from a worker from before December 2026. */
  waitsFor?: RateWait | null;
  /** Its requests, counted before it begins; null unless it waits for approval. */
  count: BackfillCount | null;
}

/** The requests of a backfill, counted without sending them. */
export interface BackfillCount {
  requests: number;
  /** Bars that the requests can return at most. */
  expectedBars: number;
  /** By the rate limits of bulk work. The providers work in parallel. */
  estimatedSeconds: number;
  /** Assets with requests. */
  assets: number;
  /** Slots that the provider left empty and whose next attempt is not due yet. */
  waiting: number;
  byProvider: { provider: ProviderId; requests: number; expectedBars: number; estimatedSeconds: number }[];
}

export const PROGRESS_QUERY = 'progress';

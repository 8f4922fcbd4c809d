import { SECOND } from '../timeframe.js';

/** How fast a provider may be asked, and how often a live pipeline fires. */
export interface LiveRate {
  /** Over all workers. */
  requestsPerSecond: number;
  /** Of the pipeline's schedule, ms. */
  intervalMs: number;
}

/** A run's time for what is not a request: opening, planning, the last loads. ms. */
const SLACK_MS = 3 * SECOND;
/** No live run plans more, so that the ids of its assets fit a payload of Temporal. */
export const MAX_REQUESTS = 20_000;

/** The most requests that a live run plans: as many as its provider takes until the next run. */
export const requestsPerRun = ({ requestsPerSecond, intervalMs }: LiveRate): number =>
  Math.min(MAX_REQUESTS, Math.max(1, Math.floor((requestsPerSecond * intervalMs) / SECOND)));

/**
 * For how long a live run sends requests, so that it is over before the next one. ms.
 * @param inProgress requests that it has in progress at a time, which are still to be finished then
 */
export const sendingMs = ({ requestsPerSecond, intervalMs }: LiveRate, inProgress: number): number =>
  Math.max(
    0,
    intervalMs -
      SLACK_MS -
      (Math.min(inProgress, requestsPerRun({ requestsPerSecond, intervalMs })) / requestsPerSecond) * SECOND,
  );

/** In the order in which to request them: what was requested longest ago, or never, first. @param lastRequest epoch ms */
export const stalestFirst = <T>(all: readonly T[], lastRequest: (one: T) => number | undefined): T[] =>
  all.toSorted((a, b) => (lastRequest(a) ?? 0) - (lastRequest(b) ?? 0));

/** How fresh the newest bars of a live pipeline can be. */
export interface LiveFreshness {
  /** How long the requests for all assets take. ms. */
  roundMs: number;
  /** So long after it is final, the newest bar of every asset is stored: a round, and the wait for a run. ms. */
  withinMs: number;
  /** Whether each run can request all assets. If not, those requested longest ago come first. */
  keepsUp: boolean;
}

/** The freshness at R requests per second, if the newest bars of all assets take N requests: N ÷ R, plus one interval. */
export function liveFreshness(requests: number, { requestsPerSecond, intervalMs }: LiveRate): LiveFreshness {
  const roundMs = (requests / requestsPerSecond) * SECOND;
  return { roundMs, withinMs: roundMs + intervalMs, keepsUp: roundMs <= intervalMs };
}

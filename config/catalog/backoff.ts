import { HOUR, MINUTE } from '../../domain/timeframe.js';

/** How long after a failed attempt the same pending slots are requested again, by attempt; the last value repeats. */
export const PENDING_BACKOFF_MS = [MINUTE, 2 * MINUTE, 4 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];

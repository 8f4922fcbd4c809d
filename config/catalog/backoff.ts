import { HOUR, MINUTE } from '../../domain/timeframe.js';

/** How long after a failed answer the same pending slots are asked for again, by attempt; the last one repeats. */
export const PENDING_BACKOFF_MS = [MINUTE, 2 * MINUTE, 4 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];

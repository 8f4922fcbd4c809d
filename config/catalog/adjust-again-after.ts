import { MINUTE } from '../../domain/timeframe.js';

/** After an adjustment that failed or changed nothing, the asset is not adjusted again for this long. */
export const ADJUST_AGAIN_AFTER_MS = 30 * MINUTE;

import { MINUTE } from '../timeframe.js';
import type { RawQuote } from './raw-bars.js';

/** A request is over by then, with all its pages: a trade that it tells of was no later. ms. */
const LATEST_MS = 10 * MINUTE;

/**
 * Whether a live price may have been traded when it says. One whose time lies in the future would keep out all later prices.
 * @param now when the request took its permit, market clock, epoch ms
 */
export const isTimely = ({ time }: Pick<RawQuote, 'time'>, now: number): boolean => time <= now + LATEST_MS;

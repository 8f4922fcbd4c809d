import { bollinger } from './bollinger.js';
import { ema } from './ema.js';
import type { Indicator } from './indicator.js';
import { macd } from './macd.js';
import { rsi } from './rsi.js';
import { smaIndicator } from './sma-indicator.js';
import { vwap } from './vwap.js';

/** The indicators that are computed on read, a line each, in the order in which they are listed. */
export const INDICATORS: readonly Indicator[] = [smaIndicator, ema, bollinger, vwap, rsi, macd];

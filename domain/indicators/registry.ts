import { bollinger } from './bollinger.js';
import { ema } from './ema.js';
import type { Indicator } from './indicator.js';
import { macd } from './macd.js';
import { rsi } from './rsi.js';
import { smaIndicator } from './sma-indicator.js';
import { vwap } from './vwap.js';

/** The indicators that are computed on read, one line each, in the order in which the API lists them. */
export const INDICATORS: readonly Indicator[] = [smaIndicator, ema, bollinger, vwap, rsi, macd];

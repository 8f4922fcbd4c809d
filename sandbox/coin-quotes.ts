import { type Exchange } from './exchange.js';
import { type Coin } from './instruments.js';
import { DAY, MINUTE } from './time.js';

/** Price at an instant, in US dollars: the close so far of its minute. */
export function livePrice(exchange: Exchange, coin: Coin, at: number): number {
  const start = Math.floor((at - 1) / MINUTE) * MINUTE;
  return exchange.minuteBars(coin, start, start + MINUTE, at)[0]!.close;
}

/** Volume of the 24 hours before the minute of an instant, in US dollars. */
export function rollingVolume(exchange: Exchange, coin: Coin, at: number): number {
  const end = Math.floor(at / MINUTE) * MINUTE;
  return exchange.volumeBetween(coin, end - DAY, end);
}

import { type Interval } from './response.js';
import { type Bar, type Exchange } from './exchange.js';
import { type Instrument } from './instruments.js';
import { INTERVAL_MS } from './ledger.js';
import { DAY } from './time.js';

/** A final bar; `time` is the key that the product uses: the open, or for `1d` 00:00Z of the trading date. */
export type FinalBar = Omit<Bar, 'volume'> & { volume: number | null };

/** Days that one request may cover, so that no request exhausts the memory of the process. */
const MAX_DAYS: Partial<Record<Interval, number>> = { '1m': 40, '30m': 400, '4h': 800 };

function hasInterval(instrument: Instrument, interval: Interval): boolean {
  return instrument.kind === 'stock' ? interval === '1m' || interval === '1d' : true;
}

/**
 * The bars with times in [from, to) that were over by `settled`, oldest first. Coins' candles have no volume.
 * @throws RangeError on an interval that the instrument does not have, or a window with too many minutes
 */
export function finalBars(
  exchange: Exchange,
  instrument: Instrument,
  interval: Interval,
  window: { from: number; to: number },
  settled: number,
): FinalBar[] {
  if (!hasInterval(instrument, interval)) throw new RangeError(`${instrument.symbol} has no ${interval} bars`);
  const from = Math.max(window.from, Date.parse(instrument.firstDate));
  const to = Math.min(window.to, settled);
  const most = MAX_DAYS[interval] ?? Infinity;
  if (to - from > most * DAY) throw new RangeError(`at most ${most} days of ${interval} per request`);
  const size = INTERVAL_MS[interval];
  if (interval === '1m') {
    const bars = exchange.minuteBars(instrument, from, to, settled);
    return bars.filter((bar) => bar.traded && bar.time + size <= settled);
  }
  if (interval === '1d') {
    return exchange.sessionsOf(instrument, from - DAY, to + DAY).flatMap((session) => {
      const time = Date.parse(session.date);
      if (time < from || time >= to || session.close > settled) return [];
      return { ...exchange.sessionBar(instrument, session, settled)!, time };
    });
  }
  const bars: FinalBar[] = [];
  for (let open = Math.ceil(from / size) * size; open < to && open + size <= settled; open += size) {
    const bar = exchange.windowBar(instrument, open, open + size, settled);
    if (bar) bars.push({ ...bar, volume: null });
  }
  return bars;
}

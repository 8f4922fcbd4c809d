import type { PriceColumns } from '../domain/bar.js';
import { MINUTE } from '../domain/timeframe.js';

/** Two sources of one session as they ordinarily differ, from a seed: what is compared in tests. */

/** Numbers from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Market {
  seed: number;
  /** Opens of the bars, epoch ms. */
  times: readonly number[];
  price: number;
  /** Step of the prices. */
  tick: number;
  /** Usual change from bar to bar, a fraction. */
  volatility: number;
  /** Part of the minutes in which nothing trades: the price stays. */
  quiet: number;
}

/** Minutes of a market, each with a volume; 0 where nothing traded. */
export function marketMinutes({ seed, times, price, tick, volatility, quiet }: Market): PriceColumns {
  const next = numbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const onTick = (x: number) => Number((Math.max(1, Math.round(x / tick)) * tick).toFixed(10));
  const bars: PriceColumns = { time: [...times], open: [], high: [], low: [], close: [], volume: [] };
  let exact = price;
  let last = onTick(price);
  for (let i = 0; i < times.length; i++) {
    const isQuiet = next() < quiet;
    const path = [last];
    for (let k = 0; k < 4 && !isQuiet; k++) {
      exact *= Math.exp((normal() * volatility) / 2);
      path.push(onTick(exact));
    }
    bars.open.push(path[Math.min(1, path.length - 1)]!);
    const traded = isQuiet ? path : path.slice(1);
    bars.high.push(Math.max(...traded));
    bars.low.push(Math.min(...traded));
    last = path.at(-1)!;
    bars.close.push(last);
    bars.volume.push(isQuiet ? 0 : Math.ceil(next() * 50_000));
  }
  return bars;
}

/** The same minutes as another source has them: some closes a tick off, volumes some percent, none without a trade. */
export function asOtherSource(bars: PriceColumns, { seed, tick }: Pick<Market, 'seed' | 'tick'>): PriceColumns {
  const next = numbers(seed ^ 0x5bd1e995);
  return rowsOf(bars).flatMapRows((row) => {
    const off = next() < 0.1 ? (next() < 0.5 ? -tick : tick) : 0;
    const factor = 0.97 + 0.06 * next();
    if (row.volume === 0) return [];
    const close = Math.max(tick, Number((row.close + off).toFixed(10)));
    const volume = row.volume === null ? null : Math.round(row.volume * factor);
    return [{ ...row, close, high: Math.max(row.high, close), low: Math.min(row.low, close), volume }];
  });
}

export interface Row {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}

/** Bars as rows, to be changed. */
export const rowsOf = (bars: PriceColumns) => {
  const rows = bars.time.map((time, i): Row => ({
    ...{ time, open: bars.open[i]!, high: bars.high[i]!, low: bars.low[i]!, close: bars.close[i]! },
    volume: bars.volume[i] ?? null,
  }));
  return {
    rows,
    flatMapRows: (change: (row: Row, i: number) => Row[]): PriceColumns => columnsOf(rows.flatMap(change)),
  };
};

export const columnsOf = (rows: readonly Row[]): PriceColumns => ({
  time: rows.map(({ time }) => time),
  open: rows.map(({ open }) => open),
  high: rows.map(({ high }) => high),
  low: rows.map(({ low }) => low),
  close: rows.map(({ close }) => close),
  volume: rows.map(({ volume }) => volume),
});

/** A stretch of a session, epoch ms, half-open. Default: all of it. */
export interface Part {
  from?: number;
  to?: number;
}
const isIn =
  ({ from = -Infinity, to = Infinity }: Part) =>
  ({ time }: Row) =>
    time >= from && time < to;

/** Faults of a source. */
export const times = (bars: PriceColumns, factor: number, part: Part = {}): PriceColumns =>
  rowsOf(bars).flatMapRows((row) => {
    if (!isIn(part)(row)) return [row];
    const [open, high, low, close] = [row.open, row.high, row.low, row.close].map((price) => price * factor);
    return [{ ...row, open: open!, high: high!, low: low!, close: close! }];
  });

export const late = (bars: PriceColumns, minutes: number, part: Part = {}): PriceColumns => {
  const { rows } = rowsOf(bars);
  const isLate = isIn(part);
  const moved = rows.filter(isLate).map((row) => ({ ...row, time: row.time + minutes * MINUTE }));
  const taken = new Set(moved.map(({ time }) => time));
  const others = rows.filter((row) => !isLate(row) && !taken.has(row.time));
  return columnsOf([...others, ...moved].sort((a, b) => a.time - b.time));
};

export const hanging = (bars: PriceColumns, part: Part): PriceColumns => {
  let last: Row | null = null;
  return rowsOf(bars).flatMapRows((row) => {
    if (last && isIn(part)(row)) {
      const price = last.close;
      return [{ ...row, open: price, high: price, low: price, close: price }];
    }
    last = row;
    return [row];
  });
};

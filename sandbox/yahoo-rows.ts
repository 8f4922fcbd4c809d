import { type Session } from './calendar.js';
import { type Bar, type Exchange } from './exchange.js';
import { extendedRows } from './extended-hours.js';
import { type Stock } from './instruments.js';
import { type MarketState } from './market-state.js';
import { Noise } from './rng.js';
import { MINUTE, SECOND } from './time.js';

/** A row of a chart; with `bar` null it is a row of nulls. */
export interface ChartRow {
  /** Epoch ms. */
  time: number;
  bar: Omit<Bar, 'time'> | null;
  /** Key of the final bar in this row (1m: its open; 1d: 00:00Z of its date); null while it is not final. */
  final: number | null;
}

/** Half-open, epoch ms. */
export interface ChartWindow {
  from: number;
  to: number;
}

/** A closed minute shows only 97 % of its volume for this long. */
const VOLUME_LAG = 8 * SECOND;
/** 2 % of minutes are off by one for this long. */
const [CORRECTION_LAG, CORRECTED_SHARE] = [90 * SECOND, 0.02];
/** Share of days on which the newest daily row appears twice: at the open, and at the last trade. */
const BOTH_ROWS_SHARE = 0.3;

const flat = (time: number, price: number): ChartRow => ({
  time,
  bar: { open: price, high: price, low: price, close: price, volume: 0 },
  final: null,
});

const servedLevel = (exchange: Exchange, stock: Stock) => (session: Session) =>
  exchange.interventions.servedLevel(stock, session);

/** The rows of a 1m chart, with the quirks of the newest ones. */
export function minuteRows(
  exchange: Exchange,
  stock: Stock,
  window: ChartWindow,
  state: MarketState,
  includePrePost: boolean,
): ChartRow[] {
  const { reached } = state;
  const late = new Noise(exchange.seed, stock.symbol, 'late');
  const regular = exchange.minuteBars(stock, window.from, window.to, reached, servedLevel(exchange, stock));
  const rows: ChartRow[] = regular.map(({ time, traded, ...bar }) => {
    if (!traded) return { time, bar: null, final: null };
    const age = reached - time - MINUTE;
    if (age < 0) return { time, bar, final: null };
    if (age < VOLUME_LAG) return { time, bar: { ...bar, volume: Math.floor(bar.volume * 0.97) }, final: null };
    const corrected = age < CORRECTION_LAG && late.unit(time / MINUTE) < CORRECTED_SHARE;
    if (corrected) return { time, bar: { ...bar, volume: Math.max(0, bar.volume - 1) }, final: null };
    return { time, bar, final: time };
  });
  if (includePrePost) addExtendedHours(exchange, stock, window, reached, rows);
  addLiveRow(exchange, stock, window, state, rows);
  return rows.sort((a, b) => a.time - b.time);
}

function addExtendedHours(exchange: Exchange, stock: Stock, window: ChartWindow, reached: number, rows: ChartRow[]) {
  const to = Math.min(window.to, reached);
  const halfDay = 12 * 60 * MINUTE;
  for (const session of exchange.sessionsOf(stock, window.from - halfDay, to + halfDay)) {
    for (const { time, ...bar } of extendedRows(exchange, stock, session, window.from, to)) {
      rows.push({ time, bar, final: null });
    }
  }
}

/** The live quote: an extra row within the forming minute, or at the close until the next pre-market. */
function addLiveRow(exchange: Exchange, stock: Stock, window: ChartWindow, state: MarketState, rows: ChartRow[]): void {
  const { session, reached } = state;
  const time = state.inSession ? state.lastTrade : session.close;
  const wanted = time >= window.from && time <= window.to && (state.inSession || state.restamped);
  if (!wanted || rows.some((row) => row.time === time)) return;
  const price = exchange.sessionBar(stock, session, reached)?.close;
  if (price !== undefined) rows.push(flat(time, price));
}

/** Daily rows, stamped with the session's open; the newest one with the last trade, and sometimes twice, with both. */
export function dailyRows(exchange: Exchange, stock: Stock, window: ChartWindow, state: MarketState): ChartRow[] {
  const { session, lastTrade, reached } = state;
  const rows: ChartRow[] = [];
  const row = (of: Session, time: number): ChartRow | null => {
    const bar = exchange.sessionBar(stock, of, reached, servedLevel(exchange, stock));
    return bar && { time, bar, final: of.close <= reached ? Date.parse(of.date) : null };
  };
  const within = (time: number) => time >= window.from && time < window.to;
  for (const each of exchange.sessionsOf(stock, window.from, Math.min(window.to, reached))) {
    if (each.day === session.day || !within(each.open)) continue;
    rows.push(row(each, each.open)!);
  }
  // a client that requests rows up to now, in whole seconds, also gets the live row of this second
  const live = state.restamped && lastTrade >= window.from && lastTrade <= window.to;
  const both = new Noise(exchange.seed, stock.symbol, 'both').unit(session.day) < BOTH_ROWS_SHARE;
  const times = live ? (both ? [session.open, lastTrade] : [lastTrade]) : [session.open];
  for (const time of new Set(times)) {
    const newest = within(time) || (live && time === lastTrade) ? row(session, time) : null;
    if (newest) rows.push(newest);
  }
  return rows;
}

import type { Window } from '../bar.js';
import type { Calendar } from '../calendars/calendar.js';
import { midnightOf, utcDate } from '../calendars/dates.js';
import type { ExpectedSlots } from '../coverage/expected-slots.js';
import type { RawBars } from './raw-bars.js';
import { PLACE_RULES, ROW_RULES, type RowRule } from '../rules/payload-rules.js';
import { HOUR, isDateLabelled, MINUTE, type StoredTimeframe } from '../timeframe.js';

/** What was requested, and when. Times are epoch ms UTC, market clock. */
export interface TransformContext {
  symbol: string;
  providerSymbol: string;
  /** The asset's currency, ISO 4217. */
  currency: string;
  calendar: Calendar;
  timeframe: StoredTimeframe;
  /** Requested bar opens; for `1d` session opens. */
  window: Window;
  /** When the payload was fetched. */
  now: number;
  /** A bar is final when `close + delayMs + settleMs <= now`. */
  settleMs: number;
  delayMs: number;
}

/** Why a row is not a bar, without being wrong. */
export type IgnoreReason =
  | 'no_trade' // all cells null
  | 'live_row' // the live price among the bars
  | 'future' // opens, or is stamped, after now
  | 'not_final' // still forming, or settling
  | 'outside_session' // pre-market, post-market, a break, the flat row at the close
  | 'outside_window' // not requested
  | 'before_calendar' // older than the calendar's data
  | 'duplicate'; // another row for the same bar

/**
 * The last trade of a session is stamped no later than this after its close: closing auctions end within 20 minutes. A fund
 * whose price comes in the evening has no other row for the day. ms.
 */
const LAST_TRADE_MS = HOUR;

export const NO_ROW = -1;
/** There is a row, but it broke a rule. */
export const BAD_ROW = -2;

export interface Placed {
  /** For each slot the index of the row that fills it, or NO_ROW or BAD_ROW. */
  rowOf: Int32Array;
  rejected: { row: number; rule: string }[];
  ignored: Map<IgnoreReason, number>;
}

/** Finds the slot of each row, and the row of each slot. */
export function placeRows(
  raw: RawBars,
  isRepaired: (row: number) => boolean,
  slots: ExpectedSlots,
  context: TransformContext,
): Placed {
  const rowOf = new Int32Array(slots.times.length).fill(NO_ROW);
  const rejected: Placed['rejected'] = [];
  const ignored = new Map<IgnoreReason, number>();
  const ignore = (reason: IgnoreReason) => ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
  const rivals = new Map<number, number[]>();
  const [first, end] = slots.inWindow;
  for (let row = 0; row < raw.time.length; row++) {
    if (isEmpty(raw, row)) {
      ignore('no_trade');
      continue;
    }
    if (isLive(raw, row, context.timeframe)) {
      ignore('live_row');
      continue;
    }
    const slot = slots.indexOf(raw.time[row]!);
    if (slot < 0) {
      const reason = whyNoSlot(raw.time[row]!, context);
      if (reason in PLACE_RULES) rejected.push({ row, rule: reason });
      else ignore(reason as IgnoreReason);
    } else if (slot < first || slot >= end) {
      ignore('outside_window');
    } else if (slot >= slots.finalCount) {
      ignore(raw.time[row]! > context.now ? 'future' : 'not_final');
    } else if (raw.stamp[row]! > context.now) {
      ignore('future');
      if (rowOf[slot] === NO_ROW) rowOf[slot] = BAD_ROW; // no proof that there is no bar
    } else {
      const rule = brokenRule(raw, row);
      if (rule) {
        rejected.push({ row, rule: rule.id });
        if (rowOf[slot] === NO_ROW) rowOf[slot] = BAD_ROW;
        continue;
      }
      if (rowOf[slot]! < 0) {
        rowOf[slot] = row;
      } else {
        const rows = rivals.get(slot);
        if (rows) rows.push(row);
        else rivals.set(slot, [rowOf[slot]!, row]);
      }
    }
  }
  for (const [slot, rows] of rivals) {
    const latest = context.timeframe === '1d' ? slots.sessions[slot]!.close + LAST_TRADE_MS : Infinity;
    const equallyGood = bestRows(raw, rows, latest);
    const known = equallyGood.filter((row) => !isRepaired(row));
    const best = known.length > 0 ? known : equallyGood;
    const agree = best.every((row) => hasPricesOf(raw, row, best[0]!));
    rowOf[slot] = agree ? best[0]! : BAD_ROW;
    if (!agree) rejected.push(...best.map((row) => ({ row, rule: PLACE_RULES.contradictory.id })));
    for (let loser = agree ? 1 : best.length; loser < rows.length; loser++) ignore('duplicate');
  }
  rejected.sort((a, b) => a.row - b.row);
  return { rowOf, rejected, ignored };
}

const isEmpty = ({ open, high, low, close, volume }: RawBars, row: number): boolean =>
  close[row] === null && open[row] === null && high[row] === null && low[row] === null && volume[row] === null;

/**
 * Yahoo sends the live price as one more minute, stamped with the last trade. It is recognised by seconds in its stamp, or,
 * if the trade was on the full minute, as a flat row without volume.
 */
function isLive(raw: RawBars, row: number, timeframe: StoredTimeframe): boolean {
  if (raw.liveTime === null || isDateLabelled(timeframe)) return false; // a daily row may carry the stamp of the last trade
  const stamp = raw.stamp[row]!;
  if (stamp % MINUTE !== 0) return true;
  const { open, high, low, volume } = raw;
  return stamp === raw.liveTime && volume[row] === 0 && high[row] === low[row] && open[row] === high[row];
}

/** Why a row's time is not a slot of the window's sessions. Slow, but needed for few rows of few payloads. */
function whyNoSlot(
  time: number,
  { calendar, timeframe, window, now }: TransformContext,
): IgnoreReason | keyof typeof PLACE_RULES {
  if (Number.isNaN(time)) return 'bad_time';
  if (time > now) return 'future';
  if (timeframe === '1d') {
    if (time < midnightOf(calendar.begins)) return 'before_calendar';
    return calendar.sessionOn(utcDate(time)) ? 'outside_window' : 'no_session';
  }
  if (time < window.from || time >= window.to) return 'outside_window';
  const session = calendar.sessionAt(time);
  if (!session || session.breaks.some(([start, end]) => start <= time && time < end)) return 'outside_session';
  return 'off_grid';
}

function brokenRule({ open, high, low, close, volume }: RawBars, row: number): RowRule | null {
  for (const rule of ROW_RULES) {
    if (rule.broken(open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!)) return rule;
  }
  return null;
}

/**
 * Of several rows for one bar, those that may be the right one. That is the one stamped last (the daily
 * row with the last trade), unless it is stamped after `latest`, when the session's trades were over; then the one with the
 * most volume (volume only grows); a row whose volume is known comes before one whose volume is not.
 */
function bestRows({ stamp, volume }: RawBars, rows: readonly number[], latest: number): number[] {
  const inTime = rows.filter((row) => stamp[row]! <= latest);
  const credible = inTime.length > 0 ? inTime : rows;
  const last = Math.max(...credible.map((row) => stamp[row]!));
  const stampedLast = credible.filter((row) => stamp[row] === last);
  const most = Math.max(...stampedLast.map((row) => volume[row] ?? -1));
  return stampedLast.filter((row) => (volume[row] ?? -1) === most);
}

const hasPricesOf = ({ open, high, low, close }: RawBars, a: number, b: number): boolean =>
  [open, high, low, close].every((cells) => cells[a] === cells[b]);

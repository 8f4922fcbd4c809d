import { emptyColumns, type BarColumns } from '../bar.js';
import { utcDate } from '../calendars/dates.js';
import { ExpectedSlots } from '../coverage/expected-slots.js';
import { isTimely } from './live-quote.js';
import type { RawBars, RawCorporateAction, RawQuote } from './raw-bars.js';
import { BAD_ROW, NO_ROW, placeRows, type TransformContext } from './place-rows.js';
import { CELL_RULES, PAYLOAD_RULES } from '../rules/payload-rules.js';
import { HOUR } from '../timeframe.js';

/** To be raised whenever transform turns a payload into other bars: same payload and version, same batch. */
export const CODE_VERSION = 'transform-6';

/** A payload fetched this long after a session's close, or later, shows which of its slots have no bar. ms. */
export const EMPTY_AFTER_MS = 6 * HOUR;

/** A row that broke a rule. */
export interface Rejected {
  /** Index of the row in the payload. */
  row: number;
  /** The bar's open, epoch ms; null if it is not a finite number. */
  time: number | null;
  /** Id of the first broken rule. */
  rule: string;
  /** Its cells as parsed, and the provider's time stamp (epoch ms). */
  raw: Record<'stamp' | 'open' | 'high' | 'low' | 'close' | 'volume', number | null>;
}

/** What a payload shows about one session. Bit i of each string is slot i of `slotsOf`. */
export interface PayloadCoverage {
  session: string;
  expected: number;
  /** Slots that were requested and final: the payload covers them, with a bar or without. */
  answered: string;
  /** Of those, the ones with a bar. */
  filled: string;
  /** Of those, the ones without a row, if the payload was fetched `EMPTY_AFTER_MS` after the session's close or later. */
  empty: string;
}

export type SessionAction = RawCorporateAction & { session: string };

/** Every row of the payload is in exactly one of `bars`, `rejected` and `ignored`. */
export interface TransformResult {
  /** Final bars, ascending, one per time. */
  bars: BarColumns;
  rejected: Rejected[];
  /** Rows of `bars` with a stand-in for a cell, and their own cells. */
  repaired: Rejected[];
  /** Number of rows by IgnoreReason; reasons without rows are absent. */
  ignored: Record<string, number>;
  quote: RawQuote | null;
  /** One per kind and ex-date. */
  actions: SessionAction[];
  /** Ascending; sessions that the payload does not cover are absent. */
  coverage: PayloadCoverage[];
}

/**
 * Turns the rows of one payload into final bars. Pure; the order of rows and repeated rows make no difference.
 * @throws RangeError if the calendar ends before the window
 */
export function transform(raw: RawBars, context: TransformContext): TransformResult {
  const { calendar, timeframe, window, now, settleMs, delayMs } = context;
  const slots = new ExpectedSlots(calendar, timeframe, window, now, settleMs + delayMs);
  const broken = PAYLOAD_RULES.find((rule) => rule.broken(raw, context));
  if (broken) return refused(raw, broken.id, coverageOf(slots, new Int32Array(slots.times.length).fill(BAD_ROW), now));
  const { columns, isRepaired } = withKnownOpens(raw);
  const { rowOf, rejected, ignored } = placeRows(columns, isRepaired, slots, context);
  const repaired = [...rowOf].filter((row) => row >= 0 && isRepaired(row));
  return {
    bars: barsOf(columns, slots, rowOf),
    rejected: rejected.map(({ row, rule }) => rejection(raw, row, rule)),
    repaired: repaired.map((row) => rejection(raw, row, CELL_RULES.unknown_open.id)),
    ignored: Object.fromEntries(ignored),
    quote: raw.quote && isTimely(raw.quote, now) ? raw.quote : null,
    actions: actionsOf(raw),
    coverage: coverageOf(slots, rowOf, now),
  };
}

/** A payload none of whose rows can be trusted. It proves no slot empty, but it has answered them: they wait like others. */
function refused(raw: RawBars, rule: string, coverage: PayloadCoverage[]): TransformResult {
  const rejected = raw.time.map((_, row) => rejection(raw, row, rule));
  return { bars: emptyColumns(), rejected, repaired: [], ignored: {}, quote: null, actions: [], coverage };
}

/** The rows, with the close in place of each unknown open: always within the row's range, and needs no other row. */
function withKnownOpens(raw: RawBars): { columns: RawBars; isRepaired: (row: number) => boolean } {
  const { high, low, close } = raw;
  const unknown = raw.open.flatMap((open, row) =>
    CELL_RULES.unknown_open.broken(open, high[row]!, low[row]!, close[row]!) ? [row] : [],
  );
  if (unknown.length === 0) return { columns: raw, isRepaired: () => false };
  const rows = new Set(unknown);
  const open = raw.open.map((cell, row) => (rows.has(row) ? close[row]! : cell));
  return { columns: { ...raw, open }, isRepaired: (row) => rows.has(row) };
}

/** Keeps one action per kind and ex-date. If there are several, with different stamps, the last one counts. */
function actionsOf({ actions }: RawBars): SessionAction[] {
  const dated = actions.map((action) => ({ ...action, session: utcDate(action.time) }));
  return [...new Map(dated.map((action) => [`${action.kind} ${action.session}`, action])).values()];
}

function rejection(raw: RawBars, row: number, rule: string): Rejected {
  const time = raw.time[row]!;
  const { stamp, open, high, low, close, volume } = raw;
  return {
    row,
    time: Number.isFinite(time) ? time : null,
    rule,
    raw: {
      stamp: stamp[row]!,
      open: open[row]!,
      high: high[row]!,
      low: low[row]!,
      close: close[row]!,
      volume: volume[row]!,
    },
  };
}

function barsOf(raw: RawBars, { sessions, starts, times }: ExpectedSlots, rowOf: Int32Array): BarColumns {
  const bars = emptyColumns();
  sessions.forEach(({ date }, i) => {
    for (let slot = starts[i]!; slot < starts[i + 1]!; slot++) {
      const row = rowOf[slot]!;
      if (row < 0) continue;
      bars.time.push(times[slot]!);
      bars.session.push(date);
      bars.open.push(raw.open[row]!);
      bars.high.push(raw.high[row]!);
      bars.low.push(raw.low[row]!);
      bars.close.push(raw.close[row]!);
      bars.volume.push(raw.volume[row]!);
    }
  });
  return bars;
}

function coverageOf(
  { sessions, starts, inWindow, finalCount }: ExpectedSlots,
  rowOf: Int32Array,
  now: number,
): PayloadCoverage[] {
  const end = Math.min(inWindow[1], finalCount);
  const coverage: PayloadCoverage[] = [];
  sessions.forEach(({ date, close }, i) => {
    const [start, stop] = [starts[i]!, starts[i + 1]!];
    const [from, to] = [Math.max(start, inWindow[0]), Math.min(stop, end)];
    if (from >= to) return;
    const answered = '0'.repeat(from - start) + '1'.repeat(to - from) + '0'.repeat(stop - to);
    const isLate = now >= close + EMPTY_AFTER_MS;
    let filled = '';
    let empty = '';
    for (let slot = start; slot < stop; slot++) {
      filled += rowOf[slot]! < 0 ? '0' : '1';
      empty += isLate && slot >= from && slot < to && rowOf[slot] === NO_ROW ? '1' : '0';
    }
    coverage.push({ session: date, expected: stop - start, answered, filled, empty });
  });
  return coverage;
}

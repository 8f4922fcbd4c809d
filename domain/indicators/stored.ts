import { sma } from './sma.js';

/** What is stored beside each bar; a column each, of the length of the bars they were computed for. */
export interface StoredIndicators {
  sma20: (number | null)[];
  sma50: (number | null)[];
  /** close ÷ previous bar's close − 1, a fraction (0.01 is +1 %). */
  barReturn: (number | null)[];
  /** close ÷ close of the last bar of the calendar's previous session − 1, a fraction. */
  dailyReturn: (number | null)[];
}

/** The same as a list, in the order of the table's columns. */
export const INDICATOR_COLUMNS = [
  'sma20',
  'sma50',
  'barReturn',
  'dailyReturn',
] as const satisfies (keyof StoredIndicators)[];

/** Bars before a changed one that its indicators reach back to, and after it that reach back to it. */
export const INDICATOR_REACH = 49;

export interface IndicatorInput {
  /** Closes of consecutive stored bars, oldest first: up to INDICATOR_REACH of context, then the bars wanted. */
  closes: readonly number[];
  /** Trading date of each. */
  sessions: readonly string[];
  /** Index of the first bar wanted. */
  from: number;
  /** The trading date before, by the calendar; null where the calendar has none. */
  previousSession: (session: string) => string | null;
  /** Last close of the session before the earliest one in `sessions`; null where nothing is stored of it. */
  closeBefore: number | null;
}

/** Indicators of the bars from index `from` on. A session whose previous one has no bars has no daily return. */
export function storedIndicators(input: IndicatorInput): StoredIndicators {
  const { closes, sessions, from } = input;
  const lastCloseOf = new Map<string, number>();
  sessions.forEach((session, i) => lastCloseOf.set(session, closes[i]!));
  const earliest = sessions[0];
  const referenceOf = new Map<string, number | null>();
  const reference = (session: string): number | null => {
    const known = referenceOf.get(session);
    if (known !== undefined) return known;
    const previous = input.previousSession(session);
    const close =
      previous === null ? null : (lastCloseOf.get(previous) ?? (earliest === session ? input.closeBefore : null));
    referenceOf.set(session, close);
    return close;
  };
  const change = (close: number, base: number | null | undefined) =>
    base === null || base === undefined ? null : close / base - 1;

  const wanted = closes.slice(from);
  return {
    sma20: sma(closes, 20, from).slice(from),
    sma50: sma(closes, 50, from).slice(from),
    barReturn: wanted.map((close, i) => change(close, closes[from + i - 1])),
    dailyReturn: wanted.map((close, i) => change(close, reference(sessions[from + i]!))),
  };
}

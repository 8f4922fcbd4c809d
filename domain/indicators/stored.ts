import { sma } from './sma.js';

/** The indicators stored with each bar, as columns as long as the bars they were computed for. */
export interface StoredIndicators {
  sma20: (number | null)[];
  sma50: (number | null)[];
  /** close ÷ previous bar's close − 1, a fraction (0.01 is +1 %). */
  barReturn: (number | null)[];
  /** close ÷ close of the last bar of the calendar's previous session − 1, a fraction. */
  dailyReturn: (number | null)[];
}

/** Their names, in the order of the table's columns. */
export const INDICATOR_COLUMNS = [
  'sma20',
  'sma50',
  'barReturn',
  'dailyReturn',
] as const satisfies (keyof StoredIndicators)[];

/** Indicators of a bar depend on this many bars before it, so a changed bar affects as many after it. */
export const INDICATOR_LOOKBACK = 49;

export interface IndicatorInput {
  /** Closes of consecutive stored bars, oldest first: up to INDICATOR_LOOKBACK for context, then the requested bars. */
  closes: readonly number[];
  /** Trading date of each, YYYY-MM-DD. */
  sessions: readonly string[];
  /** Index of the first requested bar. */
  from: number;
  /** The previous trading date in the calendar; null if the calendar has none. */
  previousSession: (session: string) => string | null;
  /** Last close of the session before the earliest one in `sessions`; null if that session has no stored bars. */
  closeBefore: number | null;
}

/** Indicators of the bars from index `from` on. The daily return is null if the previous session has no bars. */
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

  const requested = closes.slice(from);
  return {
    sma20: sma(closes, 20, from).slice(from),
    sma50: sma(closes, 50, from).slice(from),
    barReturn: requested.map((close, i) => change(close, closes[from + i - 1])),
    dailyReturn: requested.map((close, i) => change(close, reference(sessions[from + i]!))),
  };
}

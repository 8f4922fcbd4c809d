import type { Indicator, IndicatorBars, IndicatorColumn } from './indicator.js';
import { INDICATORS } from './registry.js';

/** An indicator with values for its parameters. */
export interface ChosenIndicator {
  indicator: Indicator;
  parameters: Record<string, number>;
  /** Column names by output, such as `ema20`, or `macd12_26_9`, `macd12_26_9Signal` and `macd12_26_9Histogram`. */
  columns: Record<string, string>;
}

/** Limit of one request. */
const MAX_INDICATORS = 10;

/**
 * Parses a list such as `ema:50,rsi,macd:12:26:9`: ids, each with its parameters in order. Omitted parameters have their
 * defaults; duplicates count once.
 * @throws RangeError with a message for the user
 */
export function chooseIndicators(list: string): ChosenIndicator[] {
  const chosen = new Map<string, ChosenIndicator>();
  for (const text of list.split(',')) {
    const choice = choose(text.trim());
    chosen.set(Object.values(choice.columns)[0]!, choice);
  }
  if (chosen.size > MAX_INDICATORS) throw new RangeError(`at most ${MAX_INDICATORS} indicators`);
  return [...chosen.values()];
}

/** An indicator with its default parameters. */
export const withDefaults = (indicator: Indicator): ChosenIndicator => choose(indicator.id);

function choose(text: string): ChosenIndicator {
  const [id, ...given] = text.split(':');
  const indicator = INDICATORS.find((known) => known.id === id);
  if (!indicator) throw new RangeError(`no indicator ${id}; known: ${INDICATORS.map((known) => known.id).join(', ')}`);
  const parameters = parametersOf(indicator, given);
  const conflict = indicator.conflict?.(parameters);
  if (conflict) throw new RangeError(`${text}: ${conflict}`);
  return { indicator, parameters, columns: columnsOf(indicator, parameters) };
}

function parametersOf(indicator: Indicator, given: string[]): Record<string, number> {
  const known = Object.entries(indicator.parameters);
  if (given.length > known.length) throw new RangeError(`${indicator.id} takes ${known.length} parameters at most`);
  return Object.fromEntries(
    known.map(([name, { default: fallback, min, max, integer }], i) => {
      const text = given[i];
      const value = text === undefined ? fallback : /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max && (!integer || Number.isInteger(value))) return [name, value];
      const kind = integer ? 'a whole number' : 'a number';
      throw new RangeError(`${name} of ${indicator.id} must be ${kind} from ${min} to ${max}`);
    }),
  );
}

function columnsOf({ id, outputs }: Indicator, parameters: Record<string, number>): Record<string, string> {
  const stem = id + Object.values(parameters).join('_');
  const suffix = (output: string) => (output === id ? '' : output[0]!.toUpperCase() + output.slice(1));
  return Object.fromEntries(Object.keys(outputs).map((output) => [output, stem + suffix(output)]));
}

/** What must be read before the first requested bar: a number of bars, and possibly the rest of its session. */
export const lookbackOf = (chosen: readonly ChosenIndicator[]): { bars: number; wholeSession: boolean } => ({
  bars: Math.max(0, ...chosen.map(({ indicator, parameters }) => indicator.lookback(parameters))),
  wholeSession: chosen.some(({ indicator }) => indicator.wholeSession),
});

/** How many steps it takes to compute the chosen indicators for a number of bars: bars × reach, summed over the indicators. */
export const stepsOf = (chosen: readonly ChosenIndicator[], bars: number): number =>
  bars * chosen.reduce((sum, { indicator, parameters }) => sum + indicator.lookback(parameters) + 1, 0);

/** About as many steps as take a few milliseconds. */
const PIECE_STEPS = 500_000;
/** A piece repeats the reach of its first bar, so it has at least this share of it in bars. */
const PIECE_SHARE = 1 / 8;

/**
 * Computes the columns of the chosen indicators, by name, for the bars from index `from` on. A piece at a time, so that the
 * caller can do something else in between: values have the same bits wherever a piece begins.
 */
export function* computeInPieces(
  chosen: readonly ChosenIndicator[],
  bars: IndicatorBars,
  from: number,
  pieceSteps = PIECE_STEPS,
): Generator<void, Record<string, IndicatorColumn>> {
  const all: Record<string, IndicatorColumn> = {};
  for (const { indicator, parameters, columns } of chosen) {
    for (const name of Object.values(columns)) all[name] = [];
    const reach = indicator.lookback(parameters);
    const size = Math.ceil(Math.max(pieceSteps / (reach + 1), reach * PIECE_SHARE));
    for (let begin = from; begin < bars.close.length; begin += size) {
      const first = Math.min(Math.max(0, begin - reach), indicator.wholeSession ? sessionStart(bars, begin) : begin);
      const piece = sliceBars(bars, first, begin + size);
      const computed = indicator.compute(piece, parameters, begin - first);
      for (const [output, name] of Object.entries(columns)) {
        for (const value of computed[output]!.slice(begin - first)) all[name]!.push(value);
      }
      yield;
    }
  }
  return all;
}

/** The index of the first bar in the session of a bar. */
function sessionStart({ session }: IndicatorBars, index: number): number {
  let first = index;
  while (first > 0 && session[first - 1] === session[index]) first--;
  return first;
}

const sliceBars = (
  { session, high, low, close, volume }: IndicatorBars,
  begin: number,
  end: number,
): IndicatorBars => ({
  session: session.slice(begin, end),
  high: high.slice(begin, end),
  low: low.slice(begin, end),
  close: close.slice(begin, end),
  volume: volume.slice(begin, end),
});

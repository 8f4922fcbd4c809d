import type { StoredTimeframe } from '../timeframe.js';
import type { Condition } from './alert.js';

/** What a rule watches, or compares it with: a value of the final bars. */
export const MEASURES = ['close', 'sma_20', 'sma_50'] as const;
export type Measure = (typeof MEASURES)[number];
export const DIRECTIONS = ['above', 'below'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Alerts when a value of the final bars of an asset crosses a price, or another one of their values. */
export interface CrossingRule {
  id: number;
  symbol: string;
  timeframe: StoredTimeframe;
  measure: Measure;
  direction: Direction;
  /** In the asset's currency; null if it is compared with another value. */
  level: number | null;
  against: Exclude<Measure, 'close'> | null;
}

/** Of a final bar: its open, epoch ms, and its values in the asset's currency; null where an average is not defined. */
export type CrossingBar = { time: number } & Record<Measure, number | null>;

/** A rule with the bars that it has not judged yet. */
export interface WatchedRule {
  rule: CrossingRule;
  /** The last bar that it has looked at, and whether that was beyond then; null before the first. */
  checked: { time: number; wasBeyond: boolean | null } | null;
  /** That bar and the one before it, as they are now, and those after it, ascending. */
  bars: readonly CrossingBar[];
}

/** Such as "the close of NVDA (1m) is above 140" and "the 20-bar average of NVDA (1d) is below its 50-bar average". */
export function ruleInWords({
  symbol,
  timeframe,
  measure,
  direction,
  level,
  against,
}: Omit<CrossingRule, 'id'>): string {
  const than = against === null ? String(level) : `its ${NAMES[against]}`;
  return `the ${NAMES[measure]} of ${symbol} (${timeframe}) is ${direction} ${than}`;
}
const NAMES: Record<Measure, string> = { close: 'close', sma_20: '20-bar average', sma_50: '50-bar average' };

/** Whether a bar is beyond what the rule compares it with; null where a value is not defined. Equal is not beyond. */
export function isBeyond({ measure, direction, level, against }: CrossingRule, bar: CrossingBar): boolean | null {
  const [value, than] = [bar[measure], against === null ? level : bar[against]];
  if (value === null || than === null) return null;
  return direction === 'above' ? value > than : value < than;
}

/**
 * What a rule says of the newest bars: it fires at a crossing among the new ones, and lingers while the newest bar is still
 * beyond. A rule that begins beyond waits for a crossing. The last bar that was looked at counts as new if only a correction
 * has brought it beyond.
 */
export function crossingCondition({ rule, checked, bars }: WatchedRule): Condition | null {
  const isNew = ({ time }: CrossingBar) => time !== checked?.time || checked.wasBeyond === false;
  const crossed = bars.findLast(
    (bar, i) => i > 0 && isNew(bar) && isBeyond(rule, bar) === true && isBeyond(rule, bars[i - 1]!) === false,
  );
  const newest = bars.at(-1);
  if (!newest || (!crossed && isBeyond(rule, newest) !== true)) return null;
  const words = ruleInWords(rule);
  return {
    ...{ kind: 'crossing', subject: `rule ${rule.id}`, severity: 'notice', markets: null },
    since: (crossed ?? newest).time,
    standing: crossed ? 'fires' : 'lingers',
    message: `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
    advice: 'You asked to be told. The rule stays until it is deleted, and tells you at the next crossing.',
  };
}

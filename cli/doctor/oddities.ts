import type { StoredSeries } from '../../db/repositories/read/whole-series.js';
import { dividendWarnings } from '../../domain/rules/dividend-rules.js';
import { explanationOf, unadjustedSplit } from '../../domain/rules/explained-changes.js';
import { neighbourWarnings, warningBlocks, type WarningDetails } from '../../domain/rules/neighbour-rules.js';
import type { SeriesKey } from '../../domain/bar.js';
import { TIMEFRAME_MS } from '../../domain/timeframe.js';
import type { SessionAction } from '../../domain/transform/transform.js';

/**
 * Bars and dividends that look odd next to their neighbours and are not explained by a dividend: one line each, oldest first,
 * and one line for a block of bars that repeat each other.
 * A jump by the ratio of a split on its ex-date is named after it: stored bars are adjusted for splits.
 */
export function oddities(
  stored: StoredSeries,
  { symbol, timeframe }: SeriesKey & { symbol: string },
  actions: SessionAction[],
): string[] {
  const describe = (when: string, rule: string, details: WarningDetails) =>
    `${symbol} ${timeframe} ${when} ${rule} ${Object.entries(details)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`;
  const iso = (time: number) => new Date(time).toISOString().slice(0, 16);
  const warnings = neighbourWarnings(stored, TIMEFRAME_MS[timeframe]).filter(
    (warning) => !explanationOf(warning, actions),
  );
  const bars = warningBlocks(stored, warnings).map((warning) => {
    const rule = unadjustedSplit(warning, actions) ? 'unadjusted_split' : warning.rule;
    const { time, until } = warning;
    return describe(until > time ? `${iso(time)}–${iso(until)}` : iso(time), rule, warning.details);
  });
  if (timeframe !== '1d') return bars;
  const dividends = actions.flatMap((action) => (action.kind === 'dividend' ? [action] : []));
  const comparable = dividends.filter(({ currency }) => !currency);
  const others = dividends.flatMap(({ session, amount, currency }) =>
    currency ? describe(session, 'dividend_currency', { amount, currency, adjustment: 'left out' }) : [],
  );
  return [
    ...bars,
    ...others,
    ...dividendWarnings(comparable, stored).map(({ session, rule, details }) => describe(session, rule, details)),
  ];
}

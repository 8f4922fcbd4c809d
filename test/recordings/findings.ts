import type { BarColumns } from '../../domain/bar.js';
import { dividendWarnings } from '../../domain/rules/dividend-rules.js';
import { explanationOf } from '../../domain/rules/explained-changes.js';
import { neighbourWarnings, warningBlocks } from '../../domain/rules/neighbour-rules.js';
import { DAY, HOUR, MINUTE } from '../../domain/timeframe.js';
import type { SessionAction } from '../../domain/transform/transform.js';
import { actionsOf, barsOf, brokenRule, type CsvRow } from './csv-bars.js';

/**
 * What the rules find in a recorded file, as `rule date` (with the time if bars are shorter than a day). Warnings that a
 * dividend or split of the same day explains are separate: they are never shown.
 */
export interface Findings {
  /** Number of rows that break a row rule, by rule. */
  rejected?: Record<string, number>;
  warnings?: string[];
  explained?: string[];
}

const BAR_MS: Record<string, number> = { '1m': MINUTE, intraday: MINUTE, '15m': 15 * MINUTE, '1h': HOUR, '1d': DAY };
export const barMsOf = (name: string): number => BAR_MS[/-(1m|15m|1h|1d|intraday)/.exec(name)?.[1] ?? '1d']!;

export function findingsOf(rows: CsvRow[], barMs: number): Required<Findings> {
  return {
    rejected: countOf(rows.flatMap((row) => brokenRule(row) ?? [])),
    ...findingsOfBars(barsOf(rows), actionsOf(rows), barMs),
  };
}

export function findingsOfBars(bars: BarColumns, actions: SessionAction[], barMs: number) {
  const place = (rule: string, time: number) =>
    `${rule} ${new Date(time).toISOString().slice(0, barMs === DAY ? 10 : 16)}`;
  const found = { warnings: [] as string[], explained: [] as string[] };
  for (const warning of warningBlocks(bars, neighbourWarnings(bars, barMs))) {
    found[explanationOf(warning, actions) ? 'explained' : 'warnings'].push(place(warning.rule, warning.time));
  }
  if (barMs === DAY) {
    const dividends = actions.filter((action) => action.kind === 'dividend');
    for (const { rule, session } of dividendWarnings(dividends, bars)) found.warnings.push(`${rule} ${session}`);
  }
  return found;
}

export function countOf(rules: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const rule of rules) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

export const NO_FINDINGS: Required<Findings> = { rejected: {}, warnings: [], explained: [] };

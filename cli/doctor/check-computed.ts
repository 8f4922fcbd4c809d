import { countWrongWarnings, type StoredWarning } from '../../db/repositories/read/bar-warnings.js';
import { firstIndex } from '../../domain/calendars/bisect.js';
import { slotsOf } from '../../domain/calendars/slots.js';
import { INDICATOR_COLUMNS, INDICATOR_LOOKBACK, storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { neighbourWarnings } from '../../domain/rules/neighbour-rules.js';
import { TIMEFRAME_MS } from '../../domain/timeframe.js';
import type { Findings } from './findings.js';
import { nameOf, type SeriesFile } from './stored-series.js';

/**
 * Checks that the stored indicators equal, to the last bit, those computed from the whole series at once. Indicators that
 * reach back over a lost bar are skipped: they were computed with that bar, and heal will restore it.
 */
export function checkIndicators(file: SeriesFile, findings: Findings): void {
  const { series, rules, bars } = file;
  const { calendar } = rules;
  const before = (session: string): string | null =>
    session > calendar.ends ? null : (calendar.previousSession(session)?.date ?? null);
  const fresh = storedIndicators({
    closes: bars.close,
    sessions: bars.session,
    from: 0,
    previousSession: before,
    closeBefore: null,
  });
  const lost = lostBars(file);
  const lostOf = new Set(lost.map(({ session }) => session));
  const reachesOverLost = (i: number): boolean => {
    const first = i < INDICATOR_LOOKBACK ? Number.NEGATIVE_INFINITY : bars.time[i - INDICATOR_LOOKBACK]!;
    const next = lost[firstIndex(lost, ({ time }) => time > first)];
    return (next !== undefined && next.time < bars.time[i]!) || lostOf.has(before(bars.session[i]!) ?? '');
  };
  bars.time.forEach((time, i) => {
    const column = INDICATOR_COLUMNS.find((each) => !Object.is(bars[each][i], fresh[each][i]));
    if (column && !reachesOverLost(i))
      findings.add('indicators', `${nameOf(series, time)}: ${column} is ${bars[column][i]}, not ${fresh[column][i]}`);
  });
}

/**
 * Checks that the stored warnings are those of the whole series. A series with lost bars is skipped: its warnings were
 * raised with those bars.
 */
export function checkWarnings(file: SeriesFile, stored: readonly StoredWarning[], findings: Findings): void {
  if (lostBars(file).length > 0) return;
  const { series, bars } = file;
  const wrong = countWrongWarnings(stored, neighbourWarnings(bars, TIMEFRAME_MS[series.timeframe]));
  if (wrong > 0) findings.add('warnings', `${series.symbol} ${series.timeframe}`, wrong);
}

/** Bars that were stored and have disappeared other than by a load, as recorded by coverage, ascending. */
function lostBars({ rules: { calendar, timeframe }, coverage }: SeriesFile): { time: number; session: string }[] {
  return coverage.flatMap(({ session: date, lost }) => {
    const session = lost.includes('1') ? calendar.sessionOn(date) : null;
    if (!session) return [];
    const slots = slotsOf(calendar.id, timeframe, session);
    return slots.flatMap((time, i) => (lost[i] === '1' ? [{ time, session: date }] : []));
  });
}

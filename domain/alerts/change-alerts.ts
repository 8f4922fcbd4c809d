import { calendarOf, type CalendarId } from '../calendars/index.js';
import { midnightOf } from '../calendars/dates.js';
import { MINUTE } from '../timeframe.js';
import { type Alert, type Condition, nameOf, SEVERITIES } from './alert.js';

/** An alert, and the one of which it is a consequence, by name; null if it is of none. */
export type OpenAlert = Alert & { because: string | null };

/** What changes in the open alerts. */
export interface AlertChanges<T> {
  opened: OpenAlert[];
  /** Still open, with something else to say; worse: to be told again. */
  changed: { alert: T; now: OpenAlert; isWorse: boolean }[];
  closed: T[];
}

/** After a close, for so long a market still counts as watched: the last bars of the session come, and are checked. */
const EVENING_MS = 90 * MINUTE;

/** Whether any of some markets is open, or was a moment ago. @param now market clock, epoch ms */
export function isWatched(markets: readonly CalendarId[], now: number): boolean {
  return markets.some((id) => {
    const calendar = calendarOf(id);
    return now < midnightOf(calendar.ends) && calendar.sessionsBetween(now - EVENING_MS, now + 1).length > 0;
  });
}

/**
 * What becomes of the open alerts. An alert opens only in the hours of its markets, whatever the hour it closes as soon as
 * its cause is gone. Meanwhile it keeps the time at which its cause began, and becomes worse but not better, so that a figure
 * that goes to and fro is told once.
 * @param now market clock, epoch ms
 */
export function changeAlerts<T extends OpenAlert>(
  open: readonly T[],
  conditions: readonly Condition[],
  now: number,
): AlertChanges<T> {
  const before = new Map(open.map((alert) => [nameOf(alert), alert]));
  const holding = conditions.filter(
    (condition) =>
      before.has(nameOf(condition)) ||
      (condition.standing === 'fires' && (condition.markets === null || isWatched(condition.markets, now))),
  );
  const names = new Set(holding.map(nameOf));
  const alerts = holding.map((condition) => alertOf(condition, before.get(nameOf(condition)), names));
  return {
    opened: alerts.filter((alert) => !before.has(nameOf(alert))),
    changed: alerts.flatMap((now) => {
      const alert = before.get(nameOf(now));
      return alert && isDifferent(alert, now) ? [{ alert, now, isWorse: now.severity !== alert.severity }] : [];
    }),
    closed: open.filter((alert) => !names.has(nameOf(alert))),
  };
}

function alertOf(condition: Condition, before: OpenAlert | undefined, names: ReadonlySet<string>): OpenAlert {
  const { kind, subject, message, advice } = condition;
  const severity = SEVERITIES.find((one) => one === condition.severity || one === before?.severity)!;
  const because = condition.because && names.has(nameOf(condition.because)) ? nameOf(condition.because) : null;
  return { kind, subject, severity, message, advice, because, since: before?.since ?? condition.since };
}

const isDifferent = (a: OpenAlert, b: OpenAlert): boolean =>
  a.severity !== b.severity || a.message !== b.message || a.advice !== b.advice || a.because !== b.because;

/** Hours of one session in the exchange's local time, HH:MM. */
export interface Hours {
  open: string;
  close: string;
  breaks?: readonly (readonly [start: string, end: string])[];
}

/** One generated calendar file. Sessions are the weekdays of [begins, ends] that are no closure. */
export interface CalendarData {
  /** MIC (ISO 10383). */
  id: string;
  /** IANA name. */
  timezone: string;
  /** First and last date that the file speaks of, both inclusive, YYYY-MM-DD. */
  begins: string;
  ends: string;
  /** Regular hours, ascending by the trading date `from` which they apply; the first is `begins`. */
  hours: readonly (Hours & { from: string })[];
  /** Sessions with other hours, by trading date: early closes, late opens. */
  special: Readonly<Record<string, Hours>>;
  /** Names of the closures that fall on weekdays, by date; 'ad hoc' where the source has none. */
  closures: Readonly<Record<string, string>>;
  /** Minutes east of UTC from an instant on, ascending. */
  utcOffsets: readonly (readonly [since: string, minutes: number])[];
}

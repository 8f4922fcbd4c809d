/** Hours of one session in the exchange's local time, HH:MM. */
export interface Hours {
  open: string;
  close: string;
  breaks?: readonly (readonly [start: string, end: string])[];
}

/** A generated calendar file. Its sessions are the weekdays from `begins` to `ends` that are not closures. */
export interface CalendarData {
  /** MIC (ISO 10383). */
  id: string;
  /** IANA name. */
  timezone: string;
  /** First and last date that the file covers, both inclusive, YYYY-MM-DD. */
  begins: string;
  ends: string;
  /** Regular hours, ascending by `from`, the trading date from which they apply. The first one is `begins`. */
  hours: readonly (Hours & { from: string })[];
  /** Sessions with special hours, by trading date: early closes and late opens. */
  special: Readonly<Record<string, Hours>>;
  /** Names of the closures on weekdays, by date; 'ad hoc' if the source has no name. */
  closures: Readonly<Record<string, string>>;
  /** UTC offsets in minutes, positive to the east, each from an instant on, ascending. */
  utcOffsets: readonly (readonly [since: string, minutes: number])[];
}

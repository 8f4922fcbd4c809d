/** Stretches of trading in minutes after local midnight, ascending. */
export type Hours = readonly (readonly [start: number, end: number])[];

/** When a market trades. */
export interface Opening {
  zone: string;
  /** Before this date nothing is known, YYYY-MM-DD. */
  begins: string;
  /** Length of a regular session, minutes of trading. */
  regular: number;
  /** The hours of the days of a year; null without a session. */
  hoursOf: (year: number) => (day: number) => Hours | null;
}

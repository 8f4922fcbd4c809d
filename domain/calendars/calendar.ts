/** Calendars known to the project: exchanges by MIC (ISO 10383) and the market that never closes. */
export type CalendarId = 'XNYS' | 'XETR' | 'XPAR' | 'XHKG' | '24/7';

/** One trading session. Instants are epoch ms UTC. */
export interface Session {
  /** Trading date, YYYY-MM-DD, in the exchange's time zone. */
  date: string;
  open: number;
  /** Exclusive: the first instant after the session. */
  close: number;
  /** Half-open [start, end) pauses inside the session, such as the lunch break of Hong Kong. */
  breaks: (readonly [number, number])[];
  /** Closes before the exchange's regular close (a half day). */
  earlyClose: boolean;
}

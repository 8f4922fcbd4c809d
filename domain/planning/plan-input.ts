import type { Window } from '../bar.js';
import type { Calendar } from '../calendars/calendar.js';
import type { StoredTimeframe } from '../timeframe.js';
import type { SeriesLimits } from './series-limits.js';

/** What is known of one session of a series: a row of the table `coverage`, one bit per slot. No bits: all are filled. */
export interface SessionCoverage {
  filled: string;
  answered: string;
  /** Confirmed empty: not requested again. '' stands for all zeros. */
  empty: string;
  /** Stored once, then removed by something other than a load. '' stands for all zeros. */
  lost: string;
  attempts: number;
  /** Epoch ms, wall clock; null = no need to wait. */
  nextAttemptAt: number | null;
  /** When a payload for the whole session was last fetched, epoch ms, wall clock. */
  verifiedAt: number | null;
}

/** Everything that the plan of one series depends on. */
export interface SeriesPlanInput {
  calendar: Calendar;
  timeframe: StoredTimeframe;
  limits: SeriesLimits;
  /** How late the newest bars are at the provider, ms. */
  delayMs: number;
  /** By trading date; a session without an entry has never been requested. */
  coverage: ReadonlyMap<string, SessionCoverage>;
  /** The open of the series' first bar, if known; no bars are expected before it. Epoch ms. */
  beginsAt: number | null;
  /** Bar opens that the run covers, half-open, market clock; for date-labelled timeframes session opens. */
  range: Window;
  /** The run's time, market clock, epoch ms: only bars that are final by then are requested. */
  asOf: number;
  /** The market clock now, epoch ms: a provider's reach counts back from it. */
  now: number;
  /** The wall clock now, epoch ms: back-off follows it. */
  wallNow: number;
  /** Requests every expected bar of the range, stored or not. */
  refetch?: boolean;
  /** Restricts the plan to these sessions (trading dates). */
  sessions?: ReadonlySet<string>;
  /** Leaves bars that close after this and have never been requested to the live run. Epoch ms, market clock. */
  leaveUnrequestedAfter?: number;
  /** Leaves lost bars alone: heal restores them, from stored payloads first. */
  leaveLost?: boolean;
}

import type { CalendarId } from '../calendars/calendar.js';

/**
 * What an alert is about:
 * - `stale`: an asset's bars are overdue; `budget`: they were for too much of the last 30 days
 * - `outage`: a provider is in an outage, or refuses requests
 * - `disagreement`: two sources of an asset differ
 * - `quota`: a provider's monthly quota does not last
 * - `failing`: a pipeline's runs fail one after another
 * - `disk`: the disk of the database fills up
 * - `backup`: the database is not backed up as it should be
 * - `crossing`: a price or an average has crossed a level, as a rule of a person says
 */
export const ALERT_KINDS = [
  'outage',
  'failing',
  'stale',
  'budget',
  'quota',
  'disagreement',
  'disk',
  'backup',
  'crossing',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** `critical`: bars are missing or will be; `warning`: a person should look at it; `notice`: what a person asked to be told. Worst first. */
export const SEVERITIES = ['critical', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Identifies an alert while it is open. */
export interface AlertKey {
  kind: AlertKind;
  /** Such as the symbol of an asset, the id of a provider or of a pipeline. */
  subject: string;
}

/** What is said of an alert. */
export interface Alert extends AlertKey {
  severity: Severity;
  /** When its cause began, epoch ms, market clock. */
  since: number;
  /** What is wrong, in one sentence. It holds nothing that changes by the minute. */
  message: string;
  /** What to do about it. */
  advice: string;
}

/** What a rule says of a subject now. Subjects that no rule speaks of are well. */
export interface Condition extends Alert {
  /** It opens an alert; or it only keeps one open, so that an alert does not open and close at every turn. */
  standing: 'fires' | 'lingers';
  /** The markets that it concerns: it opens an alert only in their hours. Null: none, such as the disk. */
  markets: readonly CalendarId[] | null;
  /** The alert of which it is a consequence, if that one is open or opens. */
  because?: AlertKey;
}

export const nameOf = ({ kind, subject }: AlertKey): string => `${kind} ${subject}`;

/** What a message to a person says. Times are epoch ms, market clock. */
export interface AlertNews {
  opened: ToldAlert[];
  closed: ToldAlert[];
}

export interface ToldAlert extends Alert {
  id: number;
  openedAt: number;
  /** Null while it is open. */
  closedAt: number | null;
}

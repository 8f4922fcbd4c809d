import type { AlertNews, ToldAlert } from '../domain/alerts/alert.js';

/** A message about alerts, as it is sent at every attempt. */
export interface Message {
  id: string;
  createdAt: Date;
  news: AlertNews;
}

/** A way to send messages about alerts. */
export interface AlertChannel {
  /** Kept with each message that it has delivered. */
  name: 'webhook' | 'mail';
  /**
   * @param signal gives it up
   * @returns whom the message did not reach, in words, if it reached others; null if it reached everyone
   * @throws ApplicationFailure `Undelivered`, to be retried, unless a receiver takes the message
   */
  send(message: Message, signal: AbortSignal): Promise<string | null>;
}

const HEADINGS = { critical: 'Critical:', warning: 'Warning:', notice: 'Notice:' } as const;
const OVER = 'Over:';

/** What people read of a message. @param strong marks a heading */
export const linesOf = ({ opened, closed }: AlertNews, strong: (text: string) => string): string[] => [
  ...opened.flatMap(({ severity, message, advice }) => [`${strong(HEADINGS[severity])} ${message}`, advice]),
  ...closed.map(({ message }) => `${strong(OVER)} ${message}`),
];

/** The first alert of a message, and how many more there are. */
export function summaryOf({ opened, closed }: AlertNews): string {
  const more = opened.length + closed.length - 1;
  const headed = ([first]: ToldAlert[]) =>
    first && `${first.closedAt === null ? HEADINGS[first.severity] : OVER} ${first.message}`;
  return `${headed(opened) ?? headed(closed) ?? ''}${more > 0 ? ` (and ${more} more)` : ''}`;
}

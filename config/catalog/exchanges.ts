import type { CalendarId } from '../../domain/calendars/calendar.js';
import { MINUTE } from '../../domain/timeframe.js';

export interface ExchangeCatalog {
  name: string;
  timezone: string;
  /** How late the free feed of this exchange is, ms. Its newest bars are missing, not null. */
  delayMs: number;
}
/** The markets that assets trade on, by calendar. `24/7` is the market for coins. */
export const EXCHANGES = {
  XNYS: { name: 'New York', timezone: 'America/New_York', delayMs: 0 },
  XETR: { name: 'Frankfurt (Xetra)', timezone: 'Europe/Berlin', delayMs: 15 * MINUTE },
  XPAR: { name: 'Paris', timezone: 'Europe/Paris', delayMs: 15 * MINUTE },
  XHKG: { name: 'Hong Kong', timezone: 'Asia/Hong_Kong', delayMs: 15 * MINUTE },
  '24/7': { name: 'Around the clock', timezone: 'UTC', delayMs: 0 },
} satisfies Record<CalendarId, ExchangeCatalog>;

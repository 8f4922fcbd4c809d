import { calendarOf, type CalendarId } from '../calendars/index.js';
import { openTime } from '../calendars/open-time.js';
import { DAY } from '../timeframe.js';
import type { Condition } from './alert.js';

/** The objective: the newest bars of an asset are stored in time for this share of the time that its market is open. */
const FRESHNESS_OBJECTIVE = 0.99;
export const BUDGET_DAYS = 30;
const ALLOWED_PERCENT = 100 * (1 - FRESHNESS_OBJECTIVE);

/** For how long the bars of an asset were overdue: the alerts `stale` about it, epoch ms, market clock; `to` null while open. */
export interface StaleTimes {
  symbol: string;
  exchange: CalendarId;
  times: readonly { from: number; to: number | null }[];
}

/** The share of the error budget of the last 30 days that is spent: 1 when the objective is missed. */
export function spentBudget({ exchange, times }: StaleTimes, now: number): number {
  const calendar = calendarOf(exchange);
  const begin = now - BUDGET_DAYS * DAY;
  const stale = times.reduce((sum, { from, to }) => sum + openTime(calendar, Math.max(from, begin), to ?? now), 0);
  if (stale === 0) return 0;
  return stale / ((1 - FRESHNESS_OBJECTIVE) * openTime(calendar, begin, now));
}

/** An alert about a budget closes once so much of it is there again. */
const LINGERS = 0.9;

/** Assets whose bars were overdue for more of the last 30 days than the objective allows. */
export const budgetConditions = (assets: readonly StaleTimes[], now: number): Condition[] =>
  assets.flatMap((asset): Condition[] => {
    const spent = spentBudget(asset, now);
    if (spent < LINGERS) return [];
    return [
      {
        ...{ kind: 'budget', subject: asset.symbol, severity: 'warning', since: now, markets: [asset.exchange] },
        standing: spent >= 1 ? 'fires' : 'lingers',
        message: `Bars of ${asset.symbol} were overdue for at least ${(ALLOWED_PERCENT * (spent < 1 ? LINGERS : 1)).toLocaleString('en-US')} % of the last ${BUDGET_DAYS} days, counted while its market was open.`,
        advice: 'Look for what its stale alerts have in common. A second source stands in when the first one fails.',
      },
    ];
  });

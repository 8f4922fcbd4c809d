import { type Exchange } from './exchange.js';
import { type Stock } from './instruments.js';
import { DAY, epochDay, yearOf } from './time.js';

export interface Dividend {
  /** Open of the first session without the dividend, epoch ms. */
  exTime: number;
  /** Per share, in the stock's currency. */
  amount: number;
  /** Factor on earlier closes that takes the payment out of the series. */
  factor: number;
}

/** The dividends with ex-times in [from, to), oldest first. */
export function dividendsBetween(exchange: Exchange, stock: Stock, from: number, to: number): Dividend[] {
  const rule = stock.dividends;
  if (!rule) return [];
  const found: Dividend[] = [];
  const start = Math.max(from, Date.parse(stock.firstDate));
  for (let year = yearOf(Math.floor(start / DAY) - 12); year <= yearOf(Math.floor(to / DAY)); year++) {
    for (const month of rule.months) {
      const due = epochDay(year, month, rule.dayOfMonth) * DAY;
      if (due < start - 12 * DAY || due > to) continue;
      const sessions = exchange.sessionsOf(stock, due - 12 * DAY, due + 12 * DAY);
      const at = sessions.findIndex((session) => session.open >= due);
      const exTime = sessions[at]?.open ?? Infinity;
      if (at < 1 || exTime < from || exTime >= to) continue;
      const before = exchange.sessionBar(stock, sessions[at - 1]!, exTime)!.close;
      // declared per share at the time, reported per share of today
      const since = exchange.interventions.level(stock) / exchange.interventions.levelAt(stock, exTime);
      const amount = Math.round(before * since * rule.rate * 1000) / 1000 / since;
      found.push({ exTime, amount, factor: 1 - amount / before });
    }
  }
  return found;
}

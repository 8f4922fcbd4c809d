import { lastBegun, MARKETS, nextToOpen, type Session } from './calendar.js';
import { type Stock } from './instruments.js';
import { HOUR, SECOND } from './time.js';

/** The state of a stock's market as Yahoo sees it. Instants are epoch ms. */
export interface MarketState {
  /** The instant that the feed has reached: European exchanges are 15 minutes behind. */
  reached: number;
  /** The running session, or else the last one. */
  session: Session;
  next: Session;
  inSession: boolean;
  /** Time of the last trade, in whole seconds: the closing auction of a session ends a little after its close. */
  lastTrade: number;
  /** From the session's open to the next pre-market, the newest daily row has `lastTrade` as its time. */
  restamped: boolean;
}

/** Without a pre-market, the day's data is reset an hour before the open. */
const RESET_BEFORE_OPEN = HOUR;

export function marketState(stock: Stock, now: number): MarketState {
  const market = MARKETS[stock.market];
  const reached = now - market.delay;
  const session = lastBegun(stock.market, reached);
  const next = nextToOpen(stock.market, Math.max(reached, session.close));
  const inSession = reached < session.close;
  const lastSecond = Math.floor(reached / SECOND) * SECOND;
  return {
    reached,
    session,
    next,
    inSession,
    lastTrade: inSession ? lastSecond : Math.min(lastSecond, session.close + market.auctionLag),
    restamped: inSession || reached < next.open - (market.preMarket || RESET_BEFORE_OPEN),
  };
}

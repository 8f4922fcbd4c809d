import { lastBegun, MARKETS, nextToOpen, type Session } from './calendar.js';
import { type Stock } from './instruments.js';
import { HOUR, SECOND } from './time.js';

/** What Yahoo knows about a stock's market at a moment. Instants are epoch ms. */
export interface MarketState {
  /** The instant that the feed has got to: exchanges in Europe are 15 minutes behind. */
  reached: number;
  /** The running session, else the last one. */
  session: Session;
  next: Session;
  inSession: boolean;
  /** Time of the last trade, whole seconds: the close of a past session is printed by its auction, a little later. */
  lastTrade: number;
  /** From the session's open to the next pre-market the newest daily row carries `lastTrade` as its time. */
  restamped: boolean;
}

/** Where no pre-market is shown, the day's data are reset an hour before the open. */
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
    restamped: reached < next.open - (market.preMarket || RESET_BEFORE_OPEN),
  };
}

import { MARKETS, type Session } from './calendar.js';
import { type Exchange, aggregateBars } from './exchange.js';
import { type Stock } from './instruments.js';
import { type MarketState } from './market-state.js';
import { DAY, SECOND } from './time.js';
import { type ChartWindow } from './yahoo-rows.js';
import { zoneOffset } from './zone.js';

const RANGES = ['1d', '5d', '1mo', '3mo', '6mo', '1y', '2y', '5y', '10y', 'ytd', 'max'];
/** Yahoo offers these ranges only for stocks that have traded that long. */
const YEARS_NEEDED: Record<string, number> = { '5y': 5, '10y': 10 };

const seconds = (time: number) => Math.floor(time / SECOND);

interface Period {
  timezone: string;
  start: number;
  end: number;
  gmtoffset: number;
}

/** Such as EST or CEST, by the offset on that day. */
function zoneAbbreviation({ market }: Stock, offset: number): string {
  const { zone } = MARKETS[market];
  if (zone === 'America/New_York') return offset === -5 * 3600 ? 'EST' : 'EDT';
  if (zone === 'Europe/London') return offset === 0 ? 'GMT' : 'BST';
  const hours = offset / 3600;
  if (zone.startsWith('Europe/') && hours <= 2) return hours === 1 ? 'CET' : 'CEST';
  return zone === 'UTC' ? 'UTC' : `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}`;
}

function periods(stock: Stock, session: Session): { pre: Period; regular: Period; post: Period } {
  const { zone, preMarket, postMarket } = MARKETS[stock.market];
  const gmtoffset = zoneOffset(zone, session.day) / SECOND;
  const timezone = zoneAbbreviation(stock, gmtoffset);
  const period = (from: number, to: number) => ({ timezone, start: seconds(from), end: seconds(to), gmtoffset });
  return {
    pre: period(session.open - preMarket, session.open),
    regular: period(session.open, session.close),
    post: period(session.close, session.close + postMarket),
  };
}

/** One list of periods per day; three if pre- and post-market are shown. */
function tradingPeriods(stock: Stock, sessions: Session[], includePrePost: boolean) {
  const days = sessions.map((session) => periods(stock, session));
  const regular = days.map((day) => [day.regular]);
  return includePrePost ? { pre: days.map((d) => [d.pre]), regular, post: days.map((d) => [d.post]) } : regular;
}

/**
 * The `meta` of a chart. It describes the present (price, current period, offset), not the window, except for
 * `chartPreviousClose` and `tradingPeriods`.
 */
export function chartMeta(
  exchange: Exchange,
  stock: Stock,
  state: MarketState,
  request: { window: ChartWindow; interval: '1m' | '1d'; range: string; includePrePost: boolean },
) {
  const { reached, session } = state;
  const { zone, preMarket } = MARKETS[stock.market];
  const gmtoffset = zoneOffset(zone, Math.floor(reached / DAY)) / SECOND;
  const close = (of: Session) => exchange.sessionBar(stock, of, reached)?.close;
  const year = aggregateBars(
    exchange
      .sessionsOf(stock, reached - 365 * DAY, reached)
      .flatMap((each) => exchange.sessionBar(stock, each, reached) ?? []),
  );
  const before = exchange.sessionsOf(stock, session.open - 12 * DAY, session.open).at(-1);
  const today = exchange.sessionBar(stock, session, reached) ?? (before && exchange.sessionBar(stock, before, reached));
  const beforeWindow = exchange.sessionsOf(
    stock,
    request.window.from - 12 * DAY,
    Math.min(request.window.from, reached),
  );
  const chartPrevious = beforeWindow.filter((each) => each.close <= request.window.from).at(-1);
  const first = exchange.firstSession(stock);
  const inWindow = exchange.sessionsOf(stock, request.window.from, Math.min(request.window.to, reached));
  const digits = Math.max(2, Math.log10(stock.ticksPerUnit));
  const rounded = (value: number) => Number(value.toFixed(digits));
  const price = (today?.close ?? 0) * exchange.interventions.misquotedBy(stock.symbol);
  return {
    currency: stock.currency,
    symbol: stock.symbol,
    exchangeName: stock.exchangeName,
    fullExchangeName: stock.fullExchangeName,
    instrumentType: stock.instrumentType,
    firstTradeDate: seconds(first.open),
    regularMarketTime: seconds(state.lastTrade),
    hasPrePostMarketData: preMarket > 0,
    gmtoffset,
    timezone: zoneAbbreviation(stock, gmtoffset),
    exchangeTimezoneName: zone,
    regularMarketPrice: rounded(price),
    fiftyTwoWeekHigh: rounded(year?.high ?? price),
    fiftyTwoWeekLow: rounded(year?.low ?? price),
    regularMarketDayHigh: rounded(today?.high ?? price),
    regularMarketDayLow: rounded(today?.low ?? price),
    regularMarketVolume: today?.volume ?? 0,
    longName: stock.name,
    shortName: stock.name,
    chartPreviousClose: rounded((chartPrevious && close(chartPrevious)) ?? price),
    ...(request.interval === '1m' ? { previousClose: rounded((before && close(before)) ?? price), scale: 3 } : {}),
    priceHint: digits,
    currentTradingPeriod: periods(stock, state.inSession ? session : state.next),
    ...(request.interval === '1m' && inWindow.length > 0
      ? { tradingPeriods: tradingPeriods(stock, inWindow, request.includePrePost) }
      : {}),
    dataGranularity: request.interval,
    range: request.range,
    validRanges: RANGES.filter((range) => reached - first.open >= (YEARS_NEEDED[range] ?? 0) * 365 * DAY),
  };
}

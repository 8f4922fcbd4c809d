import type { Market } from './api/types';
import { formatCountdown } from './format';
import { formatTime } from './time';

const DAY_SECONDS = 86_400;

/** The state of a market in words. */
export interface MarketView {
  kind: 'open' | 'lunch' | 'closed' | 'unknown';
  /** Open, Half day, Lunch, Closed, or the holiday's name. */
  label: string;
  /** The next change and when it happens; empty if unknown. */
  next: string;
}

/**
 * A market at an instant of the market clock. The last response's next change applies until the next response.
 * @param now epoch ms
 */
export function viewMarket(market: Market, now: number): MarketView {
  const { next } = market;
  const isPast = next !== null && now >= Date.parse(next.at);
  const state = isPast ? next.to : market.state;
  return { kind: state, label: labelOf(market, state), next: next && !isPast ? nextOf(market, next, now) : '' };
}

const LABELS = { open: 'Open', lunch: 'Lunch', closed: 'Closed', unknown: 'Unknown' } as const;

function labelOf({ session, holiday }: Market, state: Market['state']): string {
  if (state === 'open' && session?.earlyClose) return 'Half day';
  // closures for a day of mourning or a typhoon have no name
  if (state === 'closed' && holiday) return holiday === 'ad hoc' ? 'Closed today' : holiday;
  return LABELS[state];
}

type Change = NonNullable<Market['next']>;

function nextOf({ state, timezone }: Market, { at, to }: Change, now: number): string {
  const instant = Date.parse(at);
  const verb = to === 'lunch' ? 'pauses' : to === 'closed' ? 'closes' : state === 'lunch' ? 'reopens' : 'opens';
  const day = dateIn(now, timezone) === dateIn(instant, timezone) ? '' : `${formatTime(instant, 'weekday', timezone)} `;
  return `${verb} ${day}${formatTime(instant, 'minute', timezone)}, in ${formatCountdown(instant - now)}`;
}

const dateIn = (instant: number, timezone: string): string => formatTime(instant, 'date', timezone);

/** When a market trades in its local day: [start, end] pairs as fractions of the day. */
export function tradingParts({ session, timezone }: Market): [number, number][] {
  if (!session) return [];
  const edges = [session.open, ...session.breaks.flatMap(({ start, end }) => [start, end]), session.close];
  const fractions = edges.map((edge) => dayFraction(Date.parse(edge), timezone));
  return fractions.flatMap((edge, i): [number, number][] => (i % 2 === 0 ? [[edge, fractions[i + 1] ?? 1]] : []));
}

/** The fraction of the local day that has passed by local clocks: 0.5 is noon. */
export function dayFraction(instant: number, timezone: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = formatTime(instant, 'clock', timezone).split(':').map(Number);
  return (hours * 3_600 + minutes * 60 + seconds) / DAY_SECONDS;
}

import { isDated } from '../../lib/timeframes';
import { localTime } from '../../lib/zone';

/**
 * Weights of ticks on the time axis, as lightweight-charts defines them: if there is no room for all ticks, the heavier ones
 * stay.
 */
const WEIGHT = { none: 0, day: 50, month: 60, year: 70 } as const;
const MINUTE = 60_000;
const WITHIN_DAY = [
  [720 * MINUTE, 33],
  [360 * MINUTE, 32],
  [180 * MINUTE, 31],
  [60 * MINUTE, 30],
  [30 * MINUTE, 22],
  [5 * MINUTE, 21],
  [MINUTE, 20],
] as const;

/** Weight of a point by what has changed since the previous one. @param before,now exchange time, see localTime */
export function tickWeight(before: number, now: number): number {
  const [a, b] = [new Date(before), new Date(now)];
  if (a.getUTCFullYear() !== b.getUTCFullYear()) return WEIGHT.year;
  if (a.getUTCMonth() !== b.getUTCMonth()) return WEIGHT.month;
  if (a.getUTCDate() !== b.getUTCDate()) return WEIGHT.day;
  const step = WITHIN_DAY.find(([ms]) => Math.floor(before / ms) !== Math.floor(now / ms));
  return step ? step[1] : WEIGHT.none;
}

/** Weights of points from an index on, by the clocks of a zone. @param times epoch seconds, ascending */
export function tickWeights(times: readonly number[], from: number, timeZone: string): number[] {
  const local = (index: number) => localTime(times[index]! * 1_000, timeZone);
  const weights: number[] = [];
  let before = from > 0 ? local(from - 1) : Number.NaN;
  for (let i = from; i < times.length; i++) {
    const now = local(i);
    // the first one counts as a new day: what precedes it is unknown
    weights.push(Number.isNaN(before) ? WEIGHT.day : tickWeight(before, now));
    before = now;
  }
  return weights;
}

const LOCALE = 'en-GB';
const minute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const STYLES = {
  year: { year: 'numeric' },
  month: { month: 'short' },
  monthYear: { month: 'short', year: 'numeric' },
  dayOfMonth: { day: 'numeric' },
  weekday: { weekday: 'short', day: 'numeric' },
  date: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  plainDate: { day: 'numeric', month: 'short', year: 'numeric' },
  minute,
  dayMinute: { weekday: 'short', day: 'numeric', month: 'short', ...minute },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(style: keyof typeof STYLES, seconds: number, timeZone: string): string {
  const key = `${style} ${timeZone}`;
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(LOCALE, { ...STYLES[style], timeZone })));
  return known.format(seconds * 1_000);
}

/** The zone of displayed bar times: that of the exchange, or UTC for labels that are dates. */
export const zoneOf = (timeframe: string, exchangeZone: string): string => (isDated(timeframe) ? 'UTC' : exchangeZone);

/** Kinds of ticks, in the order of lightweight-charts' TickMarkType. */
const TICKS = ['year', 'month', 'day', 'minute', 'minute'] as const;

/** Text of a tick. @param type a TickMarkType @param seconds epoch seconds */
export function tickText(type: number, seconds: number, timeframe: string, timeZone: string): string {
  const kind = TICKS[type]!;
  if (kind !== 'day') return format(kind, seconds, timeZone);
  return format(isDated(timeframe) ? 'dayOfMonth' : 'weekday', seconds, timeZone);
}

/** A bar's full time, for the crosshair, the legend and the table. @param seconds epoch seconds */
export function barTimeText(seconds: number, timeframe: string, timeZone: string): string {
  if (timeframe === '1mo') return format('monthYear', seconds, timeZone);
  if (timeframe === '1w' || timeframe === '4d') return `from ${format('plainDate', seconds, timeZone)}`;
  return format(isDated(timeframe) ? 'date' : 'dayMinute', seconds, timeZone).replace(',', '');
}

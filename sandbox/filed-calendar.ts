import { EXCHANGES, type ExchangeId } from '../domain/calendars/data/index.js';
import { type Hours, type Opening } from './opening.js';
import { isoDate, weekday } from './time.js';

/** Markets that the sandbox has rules of its own for. */
type RuledMarketId = 'XNYS' | 'XETR' | 'XPAR' | 'XLON';
export type FiledMarketId = Exclude<ExchangeId, RuledMarketId>;

/** Those that follow a generated calendar, with the delay of Yahoo's free feed in minutes (its help page SLN2310). */
export const FILED = {
  ...{ '24/5': 0, ASEX: 15, BVMF: 15, XAMS: 15, XASX: 20, XBKK: 15, XBOM: 15, XBRU: 15, XBUD: 15, XBUE: 30, XCSE: 0 },
  ...{ XDUB: 15, XFRA: 15, XHEL: 0, XHKG: 15, XIDX: 10, XIST: 15, XJSE: 15, XKLS: 15, XKRX: 20, XLIS: 15, XMAD: 15 },
  ...{ XMEX: 20, XMIL: 20, XNZE: 20, XOSL: 15, XPHS: 15, XPRA: 20, XSAU: 15, XSES: 20, XSGO: 15, XSHG: 30, XSTO: 0 },
  ...{ XSWX: 30, XTAE: 20, XTAI: 20, XTKS: 20, XTSE: 0, XWAR: 15, XWBO: 15 },
} satisfies Record<FiledMarketId, number>;

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
/** Such as `09:30-12:00 13:00-16:00`. */
const parseHours = (text: string): Hours =>
  text.split(' ').map((stretch) => stretch.split('-').map(minutesOf) as [number, number]);
const datesOf = (text: string): string[] => text.trim().split(/\s+/);
const trading = (hours: Hours): number => hours.reduce((sum, [start, end]) => sum + end - start, 0);

/**
 * When a market trades, by its generated calendar: only the data is shared with what the sandbox tests. After the calendar's end,
 * every regular weekday has a session.
 */
export function calendarFromFile(id: FiledMarketId): Opening {
  const { timezone, begins, weeks, special, closures } = EXCHANGES[id];
  const closed = new Set(Object.values(closures).flatMap(datesOf));
  const exceptions = new Map(
    Object.entries(special).flatMap(([text, dates]) => datesOf(dates).map((date) => [date, parseHours(text)] as const)),
  );
  const regular = weeks.map(({ from, hours }) => ({
    from,
    hours: Object.entries(hours).map(([weekdays, text]) => ({ weekdays, hours: parseHours(text) })),
  }));
  const regularOn = (date: string, day: number): Hours | null => {
    const week = regular.findLast(({ from }) => from <= date)?.hours;
    return week?.find(({ weekdays }) => weekdays.includes(String(weekday(day) + 1)))?.hours ?? null;
  };
  return {
    zone: timezone,
    begins,
    regular: trading(regular.at(-1)!.hours[0]!.hours),
    hoursOf: () => (day) => {
      const date = isoDate(day);
      if (date < begins || closed.has(date)) return null;
      return exceptions.get(date) ?? regularOn(date, day);
    },
  };
}

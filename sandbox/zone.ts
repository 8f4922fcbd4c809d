import { DAY, epochDay, HOUR, MINUTE, yearOf } from './time.js';

const formatters = new Map<string, Intl.DateTimeFormat>();
const years = new Map<string, Step[]>();

interface Step {
  fromDay: number;
  offset: number;
}

/** The offset at noon UTC, from Intl: after a change of the clocks in that night, and during or before any session. */
function offsetAtNoon(zone: string, day: number): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(day * DAY + 12 * HOUR).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d\d):(\d\d)/.exec(name);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * HOUR + Number(match[3]) * MINUTE);
}

/** The offsets of one year, found with about twenty calls of Intl instead of one per day. */
function stepsOfYear(zone: string, year: number): Step[] {
  const last = epochDay(year + 1, 1, 1) - 1;
  const steps: Step[] = [];
  for (let day = epochDay(year, 1, 1), offset = NaN; day <= last; day += 28) {
    const here = offsetAtNoon(zone, day);
    if (here === offset) continue;
    let [before, after] = steps.length === 0 ? [day - 1, day] : [day - 28, day];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAtNoon(zone, middle) === here) after = middle;
      else before = middle;
    }
    steps.push({ fromDay: after, offset: here });
    offset = here;
  }
  return steps;
}

/** How far local time is ahead of UTC during that day's trading hours, ms. Daylight saving comes from Intl. */
export function zoneOffset(zone: string, day: number): number {
  const year = yearOf(day);
  const key = `${zone} ${year}`;
  let steps = years.get(key);
  if (!steps) years.set(key, (steps = stepsOfYear(zone, year)));
  return steps.findLast((step) => step.fromDay <= day)!.offset;
}

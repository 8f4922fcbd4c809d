import { epochDay, weekday } from './time.js';

const [MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY] = [0, 3, 4, 5, 6];

/** The days of one year on which an exchange has no normal session. Days count from 1970-01-01. */
export interface YearRules {
  closed: Set<number>;
  /** Day → close in minutes after local midnight. */
  earlyClose: Map<number, number>;
}

/** Easter Sunday in the Gregorian calendar ("anonymous" computus, Meeus, Astronomical Algorithms, ch. 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((century + 8) / 25);
  const g = Math.floor((century - f + 1) / 3);
  const h = (19 * a + century - Math.floor(century / 4) - g + 15) % 30;
  const k = (32 + 2 * (century % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * k) / 451);
  const n = h + k - 7 * m + 114;
  return epochDay(year, Math.floor(n / 31), (n % 31) + 1);
}

function nthWeekday(year: number, month: number, wanted: number, nth: number): number {
  const first = epochDay(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + 7 * (nth - 1);
}

function lastMonday(year: number, month: number): number {
  const last = epochDay(year, month + 1, 1) - 1;
  return last - weekday(last);
}

/** A holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after. */
function observed(day: number): number {
  if (weekday(day) === SATURDAY) return day - 1;
  return weekday(day) === SUNDAY ? day + 1 : day;
}

/** Closures for mourning, attacks and storms since 1993. */
const NEW_YORK_AD_HOC: [number, number, number][] = [
  [1994, 4, 27],
  [2001, 9, 11],
  [2001, 9, 12],
  [2001, 9, 13],
  [2001, 9, 14],
  [2004, 6, 11],
  [2007, 1, 2],
  [2012, 10, 29],
  [2012, 10, 30],
  [2018, 12, 5],
  [2025, 1, 9],
];

/**
 * New York Stock Exchange, rule 7.2: holidays, observed days, ad hoc closures, half days (close at 13:00).
 * A New Year's Day on a Saturday is not observed, because the Friday before ends an accounting year.
 */
export function newYorkRules(year: number): YearRules {
  const newYear = epochDay(year, 1, 1);
  const thanksgiving = nthWeekday(year, 11, THURSDAY, 4);
  const closed = new Set([
    weekday(newYear) === SUNDAY ? newYear + 1 : newYear,
    nthWeekday(year, 2, MONDAY, 3),
    easterSunday(year) - 2,
    lastMonday(year, 5),
    observed(epochDay(year, 7, 4)),
    nthWeekday(year, 9, MONDAY, 1),
    thanksgiving,
    observed(epochDay(year, 12, 25)),
    ...NEW_YORK_AD_HOC.filter(([y]) => y === year).map((date) => epochDay(...date)),
  ]);
  if (year >= 1998) closed.add(nthWeekday(year, 1, MONDAY, 3));
  if (year >= 2022) closed.add(observed(epochDay(year, 6, 19)));
  const halfDays = [epochDay(year, 7, 3), thanksgiving + 1, epochDay(year, 12, 24)];
  const onlyThanksgivingOnFridays = (day: number) => weekday(day) < FRIDAY || day === thanksgiving + 1;
  const kept = halfDays.filter((day) => onlyThanksgivingOnFridays(day) && !closed.has(day));
  return { closed, earlyClose: new Map(kept.map((day) => [day, 13 * 60])) };
}

/** Xetra: a few of the German holidays, some of them only in some years; the last trading day of the year ends at 14:00. */
export function xetraRules(year: number): YearRules {
  const easter = easterSunday(year);
  const unityDay = year >= 2014 && year <= 2021 ? [[10, 3] as const] : [];
  const reformationDay = year === 2017 ? [[10, 31] as const] : [];
  const fixed = [[1, 1], [5, 1], ...unityDay, ...reformationDay, [12, 24], [12, 25], [12, 26], [12, 31]] as const; // prettier-ignore
  const whitMonday = year === 2007 || (year >= 2015 && year <= 2021) ? [easter + 50] : [];
  let lastSession = epochDay(year, 12, 30);
  while (weekday(lastSession) > FRIDAY) lastSession -= 1;
  return {
    closed: new Set([
      easter - 2,
      easter + 1,
      ...whitMonday,
      ...fixed.map(([month, day]) => epochDay(year, month, day)),
    ]),
    earlyClose: new Map([[lastSession, 14 * 60]]),
  };
}

/** Euronext Paris: Christmas Eve and New Year's Eve end at 14:05. */
export function parisRules(year: number): YearRules {
  const easter = easterSunday(year);
  const fixed = [[1, 1], [5, 1], [12, 25], [12, 26]] as const; // prettier-ignore
  return {
    closed: new Set([easter - 2, easter + 1, ...fixed.map(([month, day]) => epochDay(year, month, day))]),
    earlyClose: new Map([epochDay(year, 12, 24), epochDay(year, 12, 31)].map((day) => [day, 14 * 60 + 5])),
  };
}

/** Bank holidays that were moved or added for jubilees, royal weddings, mourning and anniversaries, since 1996. */
const LONDON_AD_HOC: [number, number, number][] = [
  [1999, 12, 31],
  [2002, 6, 3],
  [2002, 6, 4],
  [2011, 4, 29],
  [2012, 6, 4],
  [2012, 6, 5],
  [2020, 5, 8],
  [2022, 6, 2],
  [2022, 6, 3],
  [2022, 9, 19],
  [2023, 5, 8],
];
const YEARS_WITHOUT_SPRING_HOLIDAY = [2002, 2012, 2022];

/** London: the bank holidays of England; the last sessions before Christmas Day and New Year's Day end at 12:30. */
export function londonRules(year: number): YearRules {
  const easter = easterSunday(year);
  const christmas = epochDay(year, 12, 25);
  // each of the two that falls on a weekend has a substitute after it
  const boxingDayOff = christmas + (weekday(christmas) < FRIDAY ? 1 : weekday(christmas) < SUNDAY ? 3 : 2);
  const closed = new Set([
    nextMonday(epochDay(year, 1, 1)),
    easter - 2,
    easter + 1,
    lastMonday(year, 8),
    ...Array.from({ length: boxingDayOff - christmas + 1 }, (_, i) => christmas + i),
    ...LONDON_AD_HOC.filter(([y]) => y === year).map((date) => epochDay(...date)),
  ]);
  if (year !== 2020) closed.add(nthWeekday(year, 5, MONDAY, 1));
  if (!YEARS_WITHOUT_SPRING_HOLIDAY.includes(year)) closed.add(lastMonday(year, 5));
  const eves = [christmas - 1, epochDay(year, 12, 31)].map(lastWeekday).filter((day) => !closed.has(day));
  return { closed, earlyClose: new Map(eves.map((day) => [day, 12 * 60 + 30])) };
}

const nextMonday = (day: number): number => (weekday(day) > FRIDAY ? day + 7 - weekday(day) : day);
const lastWeekday = (day: number): number => Math.min(day, day - weekday(day) + FRIDAY);

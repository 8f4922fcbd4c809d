/** What other market-data APIs call our parameters, and people the values of them. */
const OTHER_NAMES: Record<string, string> = {
  interval: 'timeframe',
  resolution: 'timeframe',
  granularity: 'timeframe',
  tf: 'timeframe',
  from: 'start',
  since: 'start',
  period1: 'start',
  starttime: 'start',
  start_date: 'start',
  to: 'end',
  until: 'end',
  period2: 'end',
  endtime: 'end',
  end_date: 'end',
  period: 'range',
  count: 'limit',
  size: 'limit',
  outputsize: 'limit',
  per_page: 'limit',
  order: 'sort',
  page: 'cursor',
  page_token: 'cursor',
  offset: 'cursor',
  adjust: 'adjustment',
  adjusted: 'adjustment',
  output: 'format',
  symbol: 'symbols',
  tickers: 'symbols',
  as_of: 'asOf',
  indicators: 'include',
};

const UNITS: Record<string, string> = {
  m: 'm',
  min: 'm',
  h: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  daily: 'd',
  w: 'w',
  week: 'w',
  mo: 'mo',
  month: 'mo',
  mon: 'mo',
};
/** TradingView counts minutes, and means months by M. */
const MINUTES: Record<string, string> = { 60: '1h', 120: '2h', 240: '4h', 1440: '1d' };

/**
 * The hint at the end of an error, such as `; did you mean timeframe?`; empty if nothing known is similar.
 * @param spelled the same in our spelling
 */
export function didYouMean(given: string, known: readonly string[], spelled = given): string {
  const lower = spelled.toLowerCase();
  const alias = OTHER_NAMES[lower];
  const found =
    known.find((name) => name.toLowerCase() === lower) ??
    known.find((name) => name === alias) ??
    known.find((name) => name.length > 3 && differByOne(name.toLowerCase(), lower));
  return found === undefined || found === given ? '' : `; did you mean ${found}?`;
}

/** A timeframe in our spelling, if it is written as elsewhere: `1Min`, `1D`, `60`, `1 month`. Other texts are unchanged. */
export function sameTimeframe(text: string): string {
  if (/^\d+$/.test(text)) return MINUTES[text] ?? `${text}m`;
  if (/^\d*M$/.test(text)) return `${text.slice(0, -1) || '1'}mo`;
  const [, count, unit = ''] = /^(\d*)[ _-]?([a-z]+?)s?$/i.exec(text) ?? [];
  const letter = UNITS[unit.toLowerCase().replace(/^(min|hour|day|week|month)(ute|ly)?$/, '$1')];
  return letter === undefined ? text : `${count || '1'}${letter}`;
}

/** One letter is missing, added, or different, or two neighbours are swapped. */
function differByOne(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  if (a.length > b.length) return a.slice(i + 1) === b.slice(i);
  if (a.length < b.length) return a.slice(i) === b.slice(i + 1);
  const isSwapped = a[i] === b[i + 1] && a[i + 1] === b[i];
  return a.slice(i + 1) === b.slice(i + 1) || (isSwapped && a.slice(i + 2) === b.slice(i + 2));
}

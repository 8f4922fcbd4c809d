/** What other market-data APIs call our parameters and values, without case, `_` and `-`. */
const OTHER_NAMES: Record<string, string> = {
  interval: 'timeframe',
  resolution: 'timeframe',
  granularity: 'timeframe',
  frequency: 'timeframe',
  barsize: 'timeframe',
  tf: 'timeframe',
  from: 'start',
  since: 'start',
  after: 'start',
  period1: 'start',
  starttime: 'start',
  startdate: 'start',
  fromdate: 'start',
  to: 'end',
  until: 'end',
  before: 'end',
  period2: 'end',
  endtime: 'end',
  enddate: 'end',
  todate: 'end',
  period: 'range',
  count: 'limit',
  size: 'limit',
  outputsize: 'limit',
  pagesize: 'limit',
  perpage: 'limit',
  order: 'sort',
  page: 'cursor',
  pagetoken: 'cursor',
  offset: 'cursor',
  adjust: 'adjustment',
  adjusted: 'adjustment',
  autoadjust: 'adjustment',
  output: 'format',
  symbol: 'symbols',
  tickers: 'symbols',
  indicators: 'include',
  ascending: 'asc',
  descending: 'desc',
};

const UNITS: Record<string, string> = {
  m: 'm',
  min: 'm',
  h: 'h',
  hr: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  daily: 'd',
  w: 'w',
  wk: 'w',
  week: 'w',
  mo: 'mo',
  month: 'mo',
  mon: 'mo',
};
/** What is the same as so many of the next larger unit. */
const LARGER: Record<string, { count: number; unit: string }> = {
  m: { count: 60, unit: 'h' },
  h: { count: 24, unit: 'd' },
  d: { count: 7, unit: 'w' },
};

/**
 * The hint at the end of an error, such as `; did you mean timeframe?`; empty if nothing known is similar.
 * @param spelled the same in our spelling
 */
export function didYouMean(given: string, known: readonly string[], spelled = given): string {
  const plain = withoutSpelling(spelled);
  const alias = OTHER_NAMES[plain];
  const found =
    known.find((name) => withoutSpelling(name) === plain) ??
    known.find((name) => name === alias) ??
    known.find((name) => name.length > 3 && differByOne(withoutSpelling(name), plain));
  return found === undefined || found === given ? '' : `; did you mean ${found}?`;
}

const withoutSpelling = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');

/**
 * A timeframe in our spelling, if it is written as elsewhere: `1Min`, `1D`, `60`, `24h`, `1 month`. Other texts are unchanged.
 * TradingView counts minutes, and means months by `M`.
 */
export function sameTimeframe(text: string): string {
  const [, digits = '', name = ''] = /^(\d*)[ _-]?(?:([a-z]+?)s?)?$/i.exec(text) ?? [];
  const plain = name.toLowerCase().replace(/^(min|hour|day|week|month)(ute|ly)?$/, '$1');
  const unit = name === 'M' ? 'mo' : UNITS[digits === '' ? plain : plain || 'm'];
  return unit === undefined ? text : inLargestUnit(Number(digits || 1), unit);
}

function inLargestUnit(count: number, unit: string): string {
  const larger = LARGER[unit];
  if (larger === undefined || count === 0 || count % larger.count !== 0) return `${count}${unit}`;
  return inLargestUnit(count / larger.count, larger.unit);
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

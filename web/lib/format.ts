import type { Asset } from './api/types';

/** In place of a value that does not exist. */
export const NONE = '–';

const LOCALE = 'en-US';
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const MINUS = '\u2212';

const formats = new Map<number | 'compact' | 'volume', Intl.NumberFormat>();

/** Created on demand: the first one takes a browser about 15 ms, too long while the page hydrates. */
function formatOf(key: number | 'compact' | 'volume', options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(LOCALE, options)));
  return format;
}

const fixed = (digits: number) => formatOf(digits, { minimumFractionDigits: digits, maximumFractionDigits: digits });

const withMinus = (text: string): string => text.replace('-', MINUS);

/** A price below 1 has at least this many significant digits. */
const SIGNIFICANT = 4;
/** What Intl.NumberFormat can do in every browser. */
const MAX_DIGITS = 20;

/** Decimals of a price by its size and by what it is of: cents for shares, pips for currencies, more for small coins. */
export function priceDigits(price: number, kind: Asset['kind']): number {
  const size = Math.abs(price);
  if (kind === 'currency') return size >= 10 ? 3 : 5;
  const isCoin = kind === 'coin';
  if (size >= (isCoin ? 100 : 1)) return 2;
  if (size >= 1) return 4;
  const least = isCoin ? 6 : 4;
  const needed = size > 0 ? SIGNIFICANT - 1 - Math.floor(Math.log10(size)) : 0;
  return Math.min(Math.max(least, needed), MAX_DIGITS);
}

export const formatPrice = (price: number, digits: number): string => withMinus(fixed(digits).format(price));

/** With its sign: +1.20, −0.35, 0.00. */
export function formatSigned(value: number, digits: number): string {
  const text = fixed(digits).format(Math.abs(value));
  const isZero = Number(text.replaceAll(',', '')) === 0;
  return isZero ? text : `${value < 0 ? MINUS : '+'}${text}`;
}

/** @param percent in percent, not a fraction */
export const formatPercent = (percent: number): string => `${formatSigned(percent, 2)}%`;

export const formatCount = (count: number): string => withMinus(fixed(0).format(count));
/** `1 row`, `1,204 rows`. @param many unless it is `one` with an s */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** Of shares a whole number, of coins with what it needs: 1,204,331 and 0.01234567 and 123,456,789.25. */
export const formatVolume = (volume: number): string =>
  formatOf('volume', {
    maximumFractionDigits: 2,
    maximumSignificantDigits: 8,
    roundingPriority: 'morePrecision',
  }).format(volume);

/** 48.2K, 1.3M; below 1 two digits, as of a small volume of coins: 0.012. */
export const formatCompact = (count: number): string =>
  withMinus(
    formatOf('compact', {
      ...{ notation: 'compact', maximumFractionDigits: 1, maximumSignificantDigits: 2 },
      roundingPriority: 'morePrecision',
    }).format(count),
  );

/** A countdown: 0:42, 5:09, 1:05:09, 2 d 03:15. @param ms rounded down to seconds */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const pad = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / DAY_S);
  const hours = Math.floor(seconds / HOUR_S) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days}\u00a0d ${pad(hours)}:${pad(minutes)}`;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** An age in its largest unit: 12 s, 4 min, 3 h, 2 d. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / 60)}\u00a0min`;
  if (seconds < 2 * DAY_S) return `${Math.floor(seconds / HOUR_S)}\u00a0h`;
  return `${Math.floor(seconds / DAY_S)}\u00a0d`;
}

/** A duration: 85 ms, 2.1 s, 3 min 59 s. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}\u00a0ms`;
  if (ms < 60_000) return `${fixed(1).format(ms / 1_000)}\u00a0s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}\u00a0min ${seconds % 60}\u00a0s`;
}

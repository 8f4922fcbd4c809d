import type { Asset, StoredTimeframe, Timeframe } from './api/types';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const UNIT_MS = { m: MINUTE, h: 60 * MINUTE, d: DAY, w: 7 * DAY, mo: 31 * DAY } as const;
const UNIT_NAMES = { m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month' } as const;

function parse(timeframe: string): { count: number; unit: keyof typeof UNIT_MS } {
  const [, count, unit] = /^(\d+)(\w+)$/.exec(timeframe)!;
  return { count: Number(count), unit: unit as keyof typeof UNIT_MS };
}

/** Length of a bar, ms; a month counts as its longest. */
export function barLength(timeframe: string): number {
  const { count, unit } = parse(timeframe);
  return count * UNIT_MS[unit];
}

/** Bars of a day and longer are labelled with a date: 00:00Z of it. */
export const isDated = (timeframe: string): boolean => barLength(timeframe) >= DAY;

const byLength = (a: string, b: string): number => barLength(a) - barLength(b);

/** Timeframes that the API aggregates from any shorter stored one. */
const AGGREGATED = ['5m', '15m', '30m', '1h', '4h', '1d', '1w', '1mo'] as const satisfies readonly Timeframe[];

/** Every timeframe that some provider sends and the API stores, shortest first. */
export const STORED_TIMEFRAMES = Object.keys({
  '1m': true,
  '30m': true,
  '4h': true,
  '1d': true,
  '4d': true,
} satisfies Record<StoredTimeframe, true>) as StoredTimeframe[];

/** All that is known of an asset's timeframes: those that its provider sends. */
type Stored = Pick<Asset, 'timeframes'>;

/** The timeframes of an asset, shortest first: what is stored of it, and what can be aggregated from that. */
export function timeframesOf(asset: Stored): Timeframe[] {
  const stored = asset.timeframes.map(({ timeframe }) => timeframe).sort(byLength);
  const [shortest] = stored;
  if (shortest === undefined) return [];
  const aggregated = AGGREGATED.filter((timeframe) => barLength(timeframe) > barLength(shortest));
  return [...new Set<Timeframe>([...stored, ...aggregated])].sort(byLength);
}

/** A timeframe from the URL; undefined if the asset does not have it, so that the API chooses one. */
export const timeframeOf = (asset: Stored, text: string | null): Timeframe | undefined =>
  timeframesOf(asset).find((timeframe) => timeframe === text);

/** The timeframe to compare an asset in: the same one, or else its longest shorter one, or else its shortest. */
export function comparableTimeframe(asset: Stored, timeframe: Timeframe): Timeframe {
  const known = timeframesOf(asset);
  return known.findLast((own) => barLength(own) <= barLength(timeframe)) ?? known[0] ?? timeframe;
}

/** 1m → 1-minute bars. */
export function timeframeText(timeframe: Timeframe): string {
  const { count, unit } = parse(timeframe);
  return `${count}-${UNIT_NAMES[unit]} bars`;
}

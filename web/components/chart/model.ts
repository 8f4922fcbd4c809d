import type { Actions, Bar, Bars, FormingBar, IndicatorRow } from '../../lib/api/types';
import { barLength, isDated } from '../../lib/timeframes';
import { localDate } from '../../lib/zone';
import { zoneOf } from './time-axis';

/** Everything that a chart draws. Every list has one entry per position of the time axis; null if there is no value. */
export interface ChartModel {
  timeframe: string;
  /** Zone of the displayed times. */
  zone: string;
  /** Bar opens, epoch seconds, ascending. */
  times: readonly number[];
  /** Null: the bar is pending. */
  bars: readonly (Bar | null)[];
  /** The bar is pending, or aggregated while some of its stored bars are pending. */
  pending: readonly boolean[];
  /** The position of the bar that is not final yet, always the last one; null if there is none. */
  forming: number | null;
  /** Positions of bars that a later payload has replaced, or that are aggregated from such a bar. */
  revised: ReadonlySet<number>;
  /** Names of the sources of the bars, by id. */
  sourceNames: ReadonlyMap<string, string>;
  /** Indicators by column. */
  columns: ReadonlyMap<string, readonly (number | null)[]>;
  compared: readonly Compared[];
  /** Splits and dividends by the position of the bar that contains their ex-date. */
  actions: ReadonlyMap<number, readonly Action[]>;
}

export interface Compared {
  symbol: string;
  /** The last close known when each bar closed. */
  closes: readonly (number | null)[];
}

export type Action = { kind: 'split'; numerator: number; denominator: number } | { kind: 'dividend'; amount: number };

export interface ModelInput {
  bars: Bars;
  /** Drawn after the bars; ignored once its bar is final. */
  forming: FormingBar | null;
  /** Rows of the same bars; the latest ones may be missing. */
  indicators: readonly IndicatorRow[];
  columns: readonly string[];
  compared: readonly Bars[];
  /** Epoch ms, see pendingTimes. */
  pending: readonly number[];
  /** Opens of stored bars that were replaced, ISO 8601. */
  revised: readonly string[];
  actions: Pick<Actions, 'splits' | 'dividends'> | undefined;
}

export function buildModel({
  bars,
  forming,
  indicators,
  columns,
  compared,
  pending,
  revised,
  actions,
}: ModelInput): ChartModel {
  const { timeframe } = bars;
  const zone = zoneOf(timeframe, bars.timezone);
  const byTime = new Map(bars.bars.map((bar) => [Date.parse(bar.time) / 1_000, bar]));
  const first = byTime.keys().next().value ?? Number.POSITIVE_INFINITY;
  const isForming = forming !== null && forming.time > (bars.bars.at(-1)?.time ?? '');
  const formingTime = isForming ? Date.parse(forming.time) / 1_000 : Number.POSITIVE_INFINITY;
  if (isForming) byTime.set(formingTime, forming);
  // bars missing before the first bar shown are outside the window
  const holes = new Set(pending.map((ms) => ms / 1_000).filter((time) => time >= first && time < formingTime));
  const times = [...new Set([...byTime.keys(), ...holes])].sort((a, b) => a - b);
  const rows = new Map(indicators.map((row) => [Date.parse(row.time) / 1_000, row]));
  return {
    timeframe,
    zone,
    times,
    bars: times.map((time) => byTime.get(time) ?? null),
    pending: times.map((time) => holes.has(time)),
    revised: positionsOf(times, timeframe, revised),
    forming: isForming ? times.length - 1 : null,
    sourceNames: new Map(bars.meta.sources.map(({ provider, name }) => [provider, name])),
    columns: new Map(columns.map((name) => [name, times.map((time) => rows.get(time)?.[name] ?? null)])),
    compared: compared.map((other) => ({ symbol: other.symbol, closes: alignCloses(times, timeframe, other) })),
    actions: actionsByIndex(times, timeframe, zone, actions),
  };
}

/** The positions of the bars that contain some stored bars. @param opens of those, ISO 8601 */
function positionsOf(times: readonly number[], timeframe: string, opens: readonly string[]): Set<number> {
  const length = barLength(timeframe) / 1_000;
  const found = new Set<number>();
  let next = 0;
  for (const at of opens.map((open) => Date.parse(open) / 1_000).sort((a, b) => a - b)) {
    while (next < times.length && times[next]! <= at) next++;
    const index = next - 1;
    if (index >= 0 && at < times[index]! + length) found.add(index);
  }
  return found;
}

/**
 * Closes of another asset at the closes of this one's bars; the other asset's timeframe and hours may differ. Null before its
 * first bar.
 * @param times bar opens, epoch seconds, ascending
 */
export function alignCloses(times: readonly number[], timeframe: string, other: Bars): (number | null)[] {
  const [own, others] = [barLength(timeframe) / 1_000, barLength(other.timeframe) / 1_000];
  let next = 0;
  let close: number | null = null;
  const closesAt = other.bars.map((bar) => Date.parse(bar.time) / 1_000 + others);
  return times.map((time) => {
    while (next < closesAt.length && closesAt[next]! <= time + own) close = other.bars[next++]!.close;
    return close;
  });
}

function actionsByIndex(
  times: readonly number[],
  timeframe: string,
  zone: string,
  actions: ModelInput['actions'],
): Map<number, Action[]> {
  const found = new Map<number, Action[]>();
  if (!actions || times.length === 0) return found;
  const indexOf = isDated(timeframe) ? indexOfDate(times, timeframe) : indexOfSession(times, zone);
  const put = (session: string, action: Action) => {
    const index = indexOf(session);
    if (index !== null) found.set(index, [...(found.get(index) ?? []), action]);
  };
  for (const { session, ...split } of actions.splits) put(session, { kind: 'split', ...split });
  for (const { session, ...dividend } of actions.dividends) put(session, { kind: 'dividend', ...dividend });
  return found;
}

/** The bar that contains a date, for bars labelled with dates. */
function indexOfDate(times: readonly number[], timeframe: string): (date: string) => number | null {
  const length = barLength(timeframe) / 1_000;
  return (date) => {
    const at = Date.parse(date) / 1_000;
    const index = times.findLastIndex((time) => time <= at);
    return index >= 0 && at < times[index]! + length ? index : null;
  };
}

/** The first bar of a session. */
function indexOfSession(times: readonly number[], zone: string): (date: string) => number | null {
  const firstOf = new Map<string, number>();
  times.forEach((time, index) => {
    const date = localDate(time * 1_000, zone);
    if (!firstOf.has(date)) firstOf.set(date, index);
  });
  return (date) => firstOf.get(date) ?? null;
}

/** The close of the last bar before a position; null if there is none. */
export function closeBefore({ bars }: ChartModel, index: number): number | null {
  for (let i = index - 1; i >= 0; i--) {
    const bar = bars[i];
    if (bar) return bar.close;
  }
  return null;
}

/** The position of the latest bar; -1 if there is none. */
export const lastBarIndex = ({ bars }: ChartModel): number => bars.findLastIndex((bar) => bar !== null);

/** The name of the source of a bar, if it is not the first one's. */
export function laterSource({ bars, sourceNames }: ChartModel, index: number): string | null {
  const source = bars[index]?.source;
  return source === undefined ? null : (sourceNames.get(source) ?? source);
}

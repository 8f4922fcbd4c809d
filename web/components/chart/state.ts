import { isOneOf, listOf, type Parameters, type Vocabulary } from '../../lib/address';
import type { Asset } from '../../lib/api/types';
import { rangeOf } from '../../lib/ranges';
import { epochOf } from '../../lib/time';

/** The settings of a chart besides asset and range. They live in the URL, which leaves out defaults. */
export interface ChartState {
  type: ChartType;
  scale: Scale;
  /** Ids of studies, see studies.ts. */
  studies: readonly string[];
  /** Symbols compared in percent. */
  compare: readonly string[];
  /** Null: the API chooses one that fits the range. */
  timeframe: string | null;
  /** The id of the source whose bars are shown alone; null = as served, of all sources. */
  source: string | null;
  view: View;
  /** The instant that the chart shows the store at, wall clock, ISO 8601; null = now. */
  asOf: string | null;
}

export const CHART_TYPES = ['candles', 'line', 'area'] as const;
export type ChartType = (typeof CHART_TYPES)[number];
export const SCALES = ['linear', 'log', 'percent'] as const;
export type Scale = (typeof SCALES)[number];
const VIEWS = ['chart', 'table'] as const;
export type View = (typeof VIEWS)[number];

const [DEFAULT_TYPE] = CHART_TYPES;
const [DEFAULT_SCALE] = SCALES;
const [DEFAULT_VIEW] = VIEWS;

/** Symbols besides the asset's own. */
export const MAX_COMPARED = 4;

const DEFAULT_STUDIES = ['sma20', 'sma50'];
/** In the URL: no studies. Without the parameter, the defaults apply. */
const NO_STUDIES = 'none';

const oneOf = <T extends string>(values: readonly T[], text: string | null): T =>
  values.find((value) => value === text) ?? values[0]!;

/** @param latest epoch ms */
const instantOf = (text: string | null, latest: number): string | null =>
  text !== null && epochOf(text) <= latest ? new Date(text).toISOString() : null;

/**
 * The state that the URL names; what does not exist is left out.
 * @param asset is not compared with itself
 * @param latest the latest instant that a chart can show the store at, epoch ms
 */
export function readChartState(
  parameters: Parameters,
  { symbol, sources }: Pick<Asset, 'symbol' | 'sources'>,
  latest: number,
): ChartState {
  const source = parameters.get('source');
  const studies = parameters.get('studies');
  return {
    type: oneOf(CHART_TYPES, parameters.get('type')),
    scale: oneOf(SCALES, parameters.get('scale')),
    studies: studies === null ? DEFAULT_STUDIES : studies === NO_STUDIES ? [] : listOf(studies),
    compare: listOf(parameters.get('compare')?.toUpperCase() ?? null)
      .filter((other) => other !== symbol)
      .slice(0, MAX_COMPARED),
    timeframe: parameters.get('timeframe'),
    source: sources.some(({ provider }) => provider === source) ? source : null,
    view: oneOf(VIEWS, parameters.get('view')),
    asOf: instantOf(parameters.get('asOf'), latest),
  };
}

/** What a URL can name. */
interface Known {
  /** Symbols of the tracked assets, ids of the studies, timeframes and sources of the asset. */
  symbols: readonly string[];
  studies: readonly string[];
  timeframes: readonly string[];
  sources: readonly string[];
  /** The latest instant of the store that can be shown, epoch ms. */
  latest: number;
}

/** What the parameters of a chart can name. */
export const vocabularyOf = (known: Known): Vocabulary => ({
  range: (name) => rangeOf(name) !== null,
  timeframe: isOneOf(known.timeframes),
  source: isOneOf(known.sources),
  type: isOneOf(CHART_TYPES),
  scale: isOneOf(SCALES),
  view: isOneOf(VIEWS),
  asOf: (text) => instantOf(text, known.latest) !== null,
  studies: (id) => id === NO_STUDIES || known.studies.includes(id),
  compare: (symbol) => known.symbols.includes(symbol.toUpperCase()),
});

/** A change as URL parameters; null removes one. */
export function writeChartState(change: Partial<ChartState>): Record<string, string | null> {
  const { type, scale, studies, compare, timeframe, source, view, asOf } = change;
  return {
    ...(type && { type: type === DEFAULT_TYPE ? null : type }),
    ...(scale && { scale: scale === DEFAULT_SCALE ? null : scale }),
    ...(studies && { studies: isDefault(studies) ? null : studies.join(',') || NO_STUDIES }),
    ...(compare && { compare: compare.join(',') || null }),
    ...(timeframe !== undefined && { timeframe }),
    ...(source !== undefined && { source }),
    ...(view && { view: view === DEFAULT_VIEW ? null : view }),
    ...(asOf !== undefined && { asOf }),
  };
}

const isDefault = (studies: readonly string[]): boolean =>
  studies.length === DEFAULT_STUDIES.length && DEFAULT_STUDIES.every((id) => studies.includes(id));

/** The list without the item if it contains it, else with it. */
export const toggled = (list: readonly string[], item: string): string[] =>
  list.includes(item) ? list.filter((other) => other !== item) : [...list, item];

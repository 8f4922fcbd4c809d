/** What a chart shows beside its asset and range. It stands in the URL; what is usual is left out there. */
export interface ChartState {
  type: ChartType;
  scale: Scale;
  /** Ids of studies, see studies.ts. */
  studies: readonly string[];
  /** Symbols to compare with, in percent. */
  compare: readonly string[];
  /** Null: the one that fits the range, as the API chooses it. */
  timeframe: string | null;
  view: View;
}

export const CHART_TYPES = ['candles', 'line', 'area'] as const;
export type ChartType = (typeof CHART_TYPES)[number];
export const SCALES = ['linear', 'log', 'percent'] as const;
export type Scale = (typeof SCALES)[number];
const VIEWS = ['chart', 'table'] as const;
export type View = (typeof VIEWS)[number];

/** Symbols beside the asset's own. */
export const MOST_COMPARED = 4;

const USUAL_STUDIES = ['sma20', 'sma50'];
/** Stands in the URL for no studies: without the parameter there are the usual ones. */
const NO_STUDIES = 'none';

type Parameters = Pick<URLSearchParams, 'get'>;

const oneOf = <T extends string>(values: readonly T[], text: string | null): T =>
  values.find((value) => value === text) ?? values[0]!;

const listOf = (text: string | null): string[] => [...new Set(text?.split(',').filter(Boolean))];

/** @param symbol of the asset: it is not compared with itself */
export function readChartState(parameters: Parameters, symbol: string): ChartState {
  const studies = parameters.get('studies');
  return {
    type: oneOf(CHART_TYPES, parameters.get('type')),
    scale: oneOf(SCALES, parameters.get('scale')),
    studies: studies === null ? USUAL_STUDIES : studies === NO_STUDIES ? [] : listOf(studies),
    compare: listOf(parameters.get('compare')?.toUpperCase() ?? null)
      .filter((other) => other !== symbol)
      .slice(0, MOST_COMPARED),
    timeframe: parameters.get('timeframe'),
    view: oneOf(VIEWS, parameters.get('view')),
  };
}

/** The URL's parameters of a change; null removes one. */
export function writeChartState(change: Partial<ChartState>): Record<string, string | null> {
  const { type, scale, studies, compare, timeframe, view } = change;
  return {
    ...(type && { type: type === CHART_TYPES[0] ? null : type }),
    ...(scale && { scale: scale === SCALES[0] ? null : scale }),
    ...(studies && { studies: isUsual(studies) ? null : studies.join(',') || NO_STUDIES }),
    ...(compare && { compare: compare.join(',') || null }),
    ...(timeframe !== undefined && { timeframe }),
    ...(view && { view: view === VIEWS[0] ? null : view }),
  };
}

const isUsual = (studies: readonly string[]): boolean =>
  studies.length === USUAL_STUDIES.length && USUAL_STUDIES.every((id) => studies.includes(id));

/** A list with an item, or without it where it was in it. */
export const toggled = (list: readonly string[], item: string): string[] =>
  list.includes(item) ? list.filter((other) => other !== item) : [...list, item];

import type { Asset, Bars } from './api/types';

/** The bars that a chart shows. */
export interface ChartBars {
  asset: Pick<Asset, 'assetClass' | 'symbol'>;
  /** The API's name of the range. */
  range: string;
  /** Undefined until they are loaded. */
  bars: Pick<Bars, 'timeframe' | 'meta'> | undefined;
  /** ISO 8601; null = now. */
  asOf: string | null;
  /** The id of the source whose bars are shown alone; null = as served. */
  source: string | null;
}

/**
 * The address of a chart's bars, or of their indicators.
 * @param origin of the API
 * @param more further parameters
 */
export function chartUrl(
  { asset, range, bars, asOf, source }: ChartBars,
  origin: string,
  what: 'ohlcv' | 'indicators',
  more: Record<string, string>,
): string {
  const query = new URLSearchParams({
    range,
    ...(bars && { timeframe: bars.timeframe }),
    ...more,
    ...(asOf !== null && { asOf }),
    ...(source !== null && { source }),
  });
  const family = asset.assetClass === 'stock' ? 'stocks' : 'crypto';
  return `${origin}/api/${family}/${encodeURIComponent(asset.symbol)}/${what}?${query.toString()}`;
}

/** The address of a chart's bars as CSV: the whole range, also where the chart shows only its newest bars. */
export const csvUrl = (chart: ChartBars, origin: string): string => chartUrl(chart, origin, 'ohlcv', { format: 'csv' });

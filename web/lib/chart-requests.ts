import type { Asset, Bars } from './api/types';

/** What a chart shows, as far as a request for it needs. */
export interface ChartRequest {
  asset: Pick<Asset, 'assetClass' | 'symbol'>;
  /** The API's name of the range. */
  range: string;
  /** Of the bars; undefined until they are loaded. */
  bars: Pick<Bars, 'timeframe' | 'meta'> | undefined;
  /** The API's `include` of the indicators shown; empty for none. */
  include: string;
  /** ISO 8601; null = now. */
  asOf: string | null;
}

/** The requests that return what a chart shows, to copy. */
export interface RequestTexts {
  curl: string;
  sql: string;
  python: string;
}

const MAX_BARS = '10000';

/** @param origin of the API */
export function requestsOf(request: ChartRequest, origin: string): RequestTexts {
  return { curl: curlOf(request, origin), sql: sqlOf(request), python: pythonOf(request, origin) };
}

/** The address of a chart's bars, or of its indicators. */
function urlOf({ asset, range, bars, asOf, include }: ChartRequest, origin: string, what: 'ohlcv' | 'indicators') {
  const query = new URLSearchParams({ range, ...(bars && { timeframe: bars.timeframe }), limit: MAX_BARS });
  if (asOf !== null) query.set('asOf', asOf);
  if (what === 'indicators' && include) query.set('include', include);
  const family = asset.assetClass === 'stock' ? 'stocks' : 'crypto';
  return `${origin}/api/${family}/${encodeURIComponent(asset.symbol)}/${what}?${query.toString()}`;
}

/** In single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function curlOf(request: ChartRequest, origin: string): string {
  const urls = [urlOf(request, origin, 'ohlcv'), ...(request.include ? [urlOf(request, origin, 'indicators')] : [])];
  return urls.map((url) => `curl ${quoted(url)}`).join('\n');
}

/** A string of SQL. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function sqlOf({ asset, bars, asOf }: ChartRequest): string {
  const view = asset.assetClass === 'stock' ? 'stock_prices' : 'crypto_prices';
  const stored = bars?.meta.rolledUpFrom ?? bars?.timeframe;
  const notes = [
    bars?.meta.rolledUpFrom &&
      `-- ${bars.timeframe} bars are aggregated on read: these are the ${stored} bars that they are built from`,
    asOf !== null && '-- the view has the present state; that of an earlier instant is in the API (asOf)',
  ].filter(Boolean);
  const conditions = [
    `symbol = ${literal(asset.symbol)}`,
    ...(stored ? [`timeframe = ${literal(stored)}`] : []),
    ...(bars?.meta.start ? [`time >= ${literal(bars.meta.start)}`] : []),
    ...(bars?.meta.end ? [`time < ${literal(bars.meta.end)}`] : []),
  ];
  return [
    ...notes,
    'select time, open, high, low, close, volume, sma_20, sma_50, daily_return',
    `from ${view}`,
    `where ${conditions.join('\n  and ')}`,
    'order by time;',
  ].join('\n');
}

function pythonOf(request: ChartRequest, origin: string): string {
  return [
    'import json',
    'from urllib.request import urlopen',
    '',
    `url = ${JSON.stringify(urlOf(request, origin, request.include ? 'indicators' : 'ohlcv'))}`,
    'with urlopen(url) as response:',
    '    bars = json.load(response)["bars"]',
    '',
    'for bar in bars[-5:]:',
    '    print(bar["time"], bar["close"])',
  ].join('\n');
}

import { chartUrl, type ChartBars } from './chart-url';

/** What a chart shows, as far as a request for it needs. */
export interface ChartRequest extends ChartBars {
  /** The API's `include` of the indicators shown; empty for none. */
  include: string;
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
function urlOf(request: ChartRequest, origin: string, what: 'ohlcv' | 'indicators') {
  const { include } = request;
  return chartUrl(request, origin, what, { limit: MAX_BARS, ...(what === 'indicators' && include && { include }) });
}

/** In single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function curlOf(request: ChartRequest, origin: string): string {
  const urls = [urlOf(request, origin, 'ohlcv'), ...(request.include ? [urlOf(request, origin, 'indicators')] : [])];
  return urls.map((url) => `curl ${quoted(url)}`).join('\n');
}

/** A string of SQL. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function sqlOf({ asset, bars, asOf, source }: ChartRequest): string {
  const view = asset.assetClass === 'stock' ? 'stock_prices' : 'crypto_prices';
  const stored = bars?.meta.rolledUpFrom ?? bars?.timeframe;
  const notes = [
    bars?.meta.rolledUpFrom &&
      `-- ${bars.timeframe} bars are aggregated on read: these are the ${stored} bars that they are built from`,
    source !== null && `-- the view has what is served of all sources; ${source} alone is in the API (source)`,
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

import type { paths } from './api/schema';

/** An endpoint that reads: its path in the OpenAPI document, its summary there, and an example of a request. */
export interface Endpoint {
  path: keyof paths;
  summary: string;
  example: string;
}

/** Every endpoint that reads, in the order in which one meets them; endpoints.test.ts compares them with the document. */
export const ENDPOINTS: readonly { group: string; endpoints: readonly Endpoint[] }[] = [
  {
    group: 'Bars and prices',
    endpoints: [
      { path: '/api/stocks/{symbol}/ohlcv', summary: 'Bars of a stock', example: '/api/stocks/NVDA/ohlcv?range=1d' },
      {
        path: '/api/stocks/{symbol}/indicators',
        summary: 'Indicators of a stock',
        example: '/api/stocks/SPY/indicators?range=6mo&include=rsi',
      },
      {
        path: '/api/stocks/{symbol}/latest',
        summary: 'Latest bar and live price of a stock',
        example: '/api/stocks/NVDA/latest',
      },
      { path: '/api/crypto/{symbol}/ohlcv', summary: 'Bars of a coin', example: '/api/crypto/BTC/ohlcv?range=1mo' },
      {
        path: '/api/crypto/{symbol}/indicators',
        summary: 'Indicators of a coin',
        example: '/api/crypto/BTC/indicators?range=5d',
      },
      {
        path: '/api/crypto/{symbol}/latest',
        summary: 'Latest bar and live price of a coin',
        example: '/api/crypto/BTC/latest',
      },
      {
        path: '/api/assets/list',
        summary: 'Tracked assets, and how far their bars reach',
        example: '/api/assets/list',
      },
      {
        path: '/api/assets/{symbol}',
        summary: 'An asset',
        example: '/api/assets/SPY',
      },
      {
        path: '/api/assets/search',
        summary: 'Find something to follow',
        example: '/api/assets/search?q=siemens',
      },
      {
        path: '/api/assets/latest',
        summary: 'Latest bar, live price and change of every asset',
        example: '/api/assets/latest',
      },
      {
        path: '/api/assets/{symbol}/forming',
        summary: 'The bar that is still forming',
        example: '/api/assets/SPY/forming?timeframe=1d',
      },
      {
        path: '/api/assets/{symbol}/actions',
        summary: 'Splits and dividends of an asset, oldest first',
        example: '/api/assets/NVDA/actions',
      },
      {
        path: '/api/indicators',
        summary: 'Indicators that can be computed, with their parameters',
        example: '/api/indicators',
      },
      {
        path: '/api/stream',
        summary: 'New and corrected bars, as soon as they are stored',
        example: '/api/stream?symbols=NVDA,BTC',
      },
      { path: '/api/markets/status', summary: 'Status of the markets', example: '/api/markets/status' },
      {
        path: '/api/markets/{mic}/sessions',
        summary: 'Sessions of a market',
        example: '/api/markets/XNYS/sessions?start=2026-11-01&end=2026-12-01',
      },
      {
        path: '/api/markets/{mic}/closures',
        summary: 'Unforeseen closures of a market',
        example: '/api/markets/XNYS/closures',
      },
    ],
  },
  {
    group: 'Proof and pipelines',
    endpoints: [
      { path: '/api/coverage', summary: 'Coverage of all series', example: '/api/coverage' },
      {
        path: '/api/coverage/matrix',
        summary: 'Coverage by asset and trading date',
        example: '/api/coverage/matrix',
      },
      {
        path: '/api/coverage/{symbol}',
        summary: 'Coverage of one series by session',
        example: '/api/coverage/SPY',
      },
      {
        path: '/api/agreement',
        summary: 'Findings about sources that disagree',
        example: '/api/agreement',
      },
      {
        path: '/api/agreement/{symbol}',
        summary: 'Agreement of the sources of an asset',
        example: '/api/agreement/SPY',
      },
      {
        path: '/api/lineage/{symbol}/{timeframe}/{time}',
        summary: 'Lineage of a bar',
        example: '/api/lineage/SPY/1d/2026-11-20',
      },
      { path: '/api/alerts', summary: 'List alerts', example: '/api/alerts?state=all' },
      { path: '/api/alerts/rules', summary: 'List crossing rules', example: '/api/alerts/rules' },
      { path: '/api/quarantine', summary: 'List rejected rows', example: '/api/quarantine?state=open' },
      { path: '/api/revisions', summary: 'List revisions', example: '/api/revisions?symbol=SPY' },
      { path: '/api/pipeline/status', summary: 'Status of the pipelines', example: '/api/pipeline/status' },
      { path: '/api/pipeline/runs', summary: 'List runs', example: '/api/pipeline/runs?status=failed' },
      {
        path: '/api/pipeline/runs/{workflowId}/{runId}',
        summary: 'Get a run',
        example: '/api/pipeline/runs/WORKFLOW_ID/RUN_ID',
      },
      {
        path: '/api/pipeline/timeline',
        summary: 'Timeline of the latest runs',
        example: '/api/pipeline/timeline?range=6h',
      },
      { path: '/api/pipeline/schedules', summary: 'List schedules', example: '/api/pipeline/schedules' },
      { path: '/api/pipeline/backfills', summary: 'List backfills', example: '/api/pipeline/backfills' },
      {
        path: '/api/pipeline/backfills/{workflowId}',
        summary: 'Get a backfill',
        example: '/api/pipeline/backfills/backfill-initial',
      },
      { path: '/api/providers', summary: 'Status of the providers', example: '/api/providers' },
    ],
  },
];

/** The example as a command. @param origin of the API */
export const curlOf = ({ path, example }: Endpoint, origin: string): string =>
  `curl ${path === '/api/stream' ? '-N ' : ''}'${origin}${example}'`;

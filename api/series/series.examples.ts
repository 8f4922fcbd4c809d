import type { AssetClass } from '../../config/catalog/asset-kinds.js';
import type { Row } from '../http/response.js';

/** Example responses of each class. */
export const HEADS = {
  stock: {},
  // only what differs from the examples of the fields, which are those of a stock
  crypto: { symbol: 'BTC', assetClass: 'crypto', exchange: '24/7', timezone: 'UTC', timeframe: '30m' },
} satisfies Record<AssetClass, object>;

const META = {
  source: 'CoinGecko',
  sources: [{ rank: 1, provider: 'coingecko', name: 'CoinGecko', bars: 1 }],
  count: 1,
  start: '2026-11-20T20:30:00Z',
  end: '2026-11-20T21:00:00Z',
  sort: 'asc',
};
const metaOf = (assetClass: AssetClass) => assetClass === 'crypto' && { meta: META };

export const BARS = {
  stock: { time: '2026-11-20T20:59:00Z', open: 612.1, high: 612.4, low: 612, close: 612.35, volume: 48_211 },
  crypto: { time: '2026-11-20T20:30:00Z', open: 91_004.2, high: 91_120, low: 90_950.1, close: 91_000.5, volume: null },
} satisfies Record<AssetClass, Row>;

export const INDICATORS = {
  stock: {
    time: '2026-11-20T20:59:00Z',
    close: 612.35,
    sma20: 611.9,
    sma50: 611.2,
    barReturn: 0.0004,
    dailyReturn: 0.0037,
  },
  crypto: {
    time: '2026-11-20T20:30:00Z',
    close: 91_000.5,
    sma20: 90_870.4,
    sma50: null,
    barReturn: -0.0001,
    dailyReturn: 0.0112,
  },
} satisfies Record<AssetClass, Row>;

/** An example page of one row, in all media types. */
export const pageWith = (assetClass: AssetClass, row: Row) => ({
  shows: { ...HEADS[assetClass], bars: [row], ...metaOf(assetClass) },
  also: {
    'text/csv': `${Object.keys(row).join(',')}\r\n${Object.values(row).join(',')}\r\n`,
    'application/x-ndjson': `${JSON.stringify(row)}\n`,
  },
});

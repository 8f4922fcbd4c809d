import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { AssetClass } from './asset-classes.js';
import type { ProviderId } from './providers.js';

export interface AssetSeed {
  symbol: string;
  name: string;
  assetClass: AssetClass;
  provider: ProviderId;
  /** The provider's identifier: Yahoo's ticker, CoinGecko's coin id. */
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
}
const stock = (symbol: string, name: string, exchange: CalendarId = 'XNYS', currency = 'USD'): AssetSeed => ({
  symbol,
  name,
  assetClass: 'stock',
  provider: 'yahoo',
  providerSymbol: symbol,
  exchange,
  currency,
});
const coin = (symbol: string, name: string, providerSymbol: string): AssetSeed => ({
  symbol,
  name,
  assetClass: 'crypto',
  provider: 'coingecko',
  providerSymbol,
  exchange: '24/7',
  currency: 'USD',
});
/** The assets that a first start tracks. From then on the table `assets` decides: add a row to track another asset. */
export const FIRST_ASSETS: readonly AssetSeed[] = [
  stock('SPY', 'SPDR S&P 500 ETF'),
  stock('NVDA', 'NVIDIA'),
  stock('MSFT', 'Microsoft'),
  stock('SIE.DE', 'Siemens', 'XETR', 'EUR'),
  stock('GOOGL', 'Alphabet'),
  stock('PLTR', 'Palantir'),
  stock('URTH', 'iShares MSCI World ETF'),
  coin('BTC', 'Bitcoin', 'bitcoin'),
  coin('ETH', 'Ethereum', 'ethereum'),
  coin('SOL', 'Solana', 'solana'),
  coin('XRP', 'XRP', 'ripple'),
];

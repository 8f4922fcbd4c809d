import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { ProviderId } from './providers.js';

export type AssetClass = 'stock' | 'crypto';
export interface AssetSeed {
  symbol: string;
  name: string;
  assetClass: AssetClass;
  provider: ProviderId;
  /** The provider's own name for it: Yahoo's ticker, CoinGecko's coin id. */
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
/** What a first start tracks. Afterwards the table `assets` decides: a new asset is a row there. */
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

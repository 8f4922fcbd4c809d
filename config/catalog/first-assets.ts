import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { AssetKind } from './asset-kinds.js';
import type { ProviderId } from './providers.js';

export interface AssetSeed {
  symbol: string;
  name: string;
  kind: AssetKind;
  provider: ProviderId;
  /** The provider's identifier: Yahoo's ticker, CoinGecko's coin id. */
  providerSymbol: string;
  exchange: CalendarId;
  currency: string;
}
const stock = (
  kind: AssetKind,
  symbol: string,
  name: string,
  exchange: CalendarId = 'XNYS',
  currency = 'USD',
): AssetSeed => ({
  symbol,
  name,
  kind,
  provider: 'yahoo',
  providerSymbol: symbol,
  exchange,
  currency,
});
const coin = (symbol: string, name: string, providerSymbol: string): AssetSeed => ({
  symbol,
  name,
  kind: 'coin',
  provider: 'coingecko',
  providerSymbol,
  exchange: '24/7',
  currency: 'USD',
});
/** The assets that a first start tracks. From then on the table `assets` decides: add a row to track another asset. */
export const FIRST_ASSETS: readonly AssetSeed[] = [
  stock('etf', 'SPY', 'SPDR S&P 500 ETF'),
  stock('equity', 'NVDA', 'NVIDIA'),
  stock('equity', 'MSFT', 'Microsoft'),
  stock('equity', 'SIE.DE', 'Siemens', 'XETR', 'EUR'),
  stock('equity', 'GOOGL', 'Alphabet'),
  stock('equity', 'PLTR', 'Palantir'),
  stock('etf', 'URTH', 'iShares MSCI World ETF'),
  coin('BTC', 'Bitcoin', 'bitcoin'),
  coin('ETH', 'Ethereum', 'ethereum'),
  coin('SOL', 'Solana', 'solana'),
  coin('XRP', 'XRP', 'ripple'),
];

import type { CalendarId } from '../../domain/calendars/calendar.js';
import type { AssetKind } from './asset-kinds.js';

/** What a provider says of something that it has prices of: what following it needs to know, or why it cannot be followed. */
export interface Instrument {
  /** The provider's own name: Yahoo's ticker, CoinGecko's coin id. */
  providerSymbol: string;
  /** The symbol that it gets here. */
  symbol: string;
  name: string;
  /** Null if it cannot be followed. */
  kind: AssetKind | null;
  /** The market whose calendar it follows; null if it cannot be followed. */
  exchange: CalendarId | null;
  /** Its exchange in words: those of the provider, if it names one. */
  exchangeName: string | null;
  /** ISO 4217, the major unit, in which its prices are stored; null if the provider did not say (a search may not). */
  currency: string | null;
  /** The unit in which the provider quotes it, if that is a hundredth of the currency, such as `GBp`. */
  quotedIn: string | null;
  /** Why it cannot be followed, to end “X cannot be followed: …”; null if it can. */
  refused: string | null;
}

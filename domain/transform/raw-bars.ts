/** All rows that the provider sent, in its order, as columns of equal length. */
export interface RawBars {
  /** The symbol that the payload names; null if it names none. */
  symbol: string | null;
  /** ISO 4217 (minor units, such as pence, are already converted); null if the payload names none. */
  currency: string | null;
  /** IANA time zone of the exchange; null if the provider has none (coins). */
  timezone: string | null;
  /** The bar length of the payload in the provider's notation; null if unknown. */
  granularity: string | null;
  /** The bar's open, epoch ms UTC (close stamps are already converted); for `1d` 00:00Z of the trading date. */
  time: number[];
  /** The provider's own stamp, epoch ms UTC. It distinguishes a daily row of the open from one of the last trade. */
  stamp: number[];
  open: (number | null)[];
  high: (number | null)[];
  low: (number | null)[];
  close: (number | null)[];
  volume: (number | null)[];
  /** Whether the provider has per-bar volume at all. */
  hasVolume: boolean;
  /** Time of the last trade in the payload, epoch ms UTC; null if unknown. A row with this stamp may be the live price. */
  liveTime: number | null;
  /** The live price that came with the bars; never a bar. */
  quote: RawQuote | null;
  actions: RawCorporateAction[];
}

/** A live price. */
export interface RawQuote {
  providerSymbol: string;
  /** In `currency`; if that is null, in the asset's currency. */
  price: number;
  currency: string | null;
  /** Time of the trade according to the provider, epoch ms UTC. */
  time: number;
  /** Rolling 24 h volume in quote currency; null if the provider has none. */
  volume24h: number | null;
}

/**
 * A split (`numerator` new shares for `denominator` old ones) or a dividend (amount per share, in the payload's currency unless it has
 * one of its own).
 * `time` is 00:00Z of the ex-date, a label like that of a `1d` bar.
 */
export type RawCorporateAction =
  | { kind: 'dividend'; time: number; amount: number; currency?: string | null }
  | { kind: 'split'; time: number; numerator: number; denominator: number };

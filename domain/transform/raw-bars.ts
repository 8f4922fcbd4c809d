/** Rows as the provider sent them, in columns of equal length, in the provider's order, nothing filtered. */
export interface RawBars {
  /** The symbol that the provider says it answers for; null where it doesn't say. */
  symbol: string | null;
  /** ISO 4217 (a provider's minor units, such as pence, are already turned into it); null where it doesn't say. */
  currency: string | null;
  /** IANA zone of the exchange; null where the provider has none (coins). */
  timezone: string | null;
  /** The bar length that the answer has, as the provider words it; null where it can't be told. */
  granularity: string | null;
  /** The bar's open, epoch ms UTC (close stamps are already moved to the open); for `1d` 00:00Z of the trading date. */
  time: number[];
  /** What the provider stamped the row with, epoch ms UTC: tells a row of the day's open from one of its last trade. */
  stamp: number[];
  open: (number | null)[];
  high: (number | null)[];
  low: (number | null)[];
  close: (number | null)[];
  volume: (number | null)[];
  /** Whether the provider has per-bar volume at all. */
  hasVolume: boolean;
  /** When the last trade was that the answer knows of, epoch ms UTC: a row with this stamp may be the live price, no bar. */
  liveTime: number | null;
  /** The live price that came along; never a bar. */
  quote: RawQuote | null;
  actions: RawCorporateAction[];
}

/** A live price. */
export interface RawQuote {
  providerSymbol: string;
  /** In `currency`; null currency means the asset's own. */
  price: number;
  currency: string | null;
  /** When the provider says that it was traded, epoch ms UTC. */
  time: number;
  /** Rolling 24 h volume in quote currency, where the provider has it. */
  volume24h: number | null;
}

/** A split or dividend as the provider tells it. `time` is 00:00Z of the ex-date, a label like that of a `1d` bar. */
export type RawCorporateAction =
  | { kind: 'dividend'; time: number; amount: number }
  | { kind: 'split'; time: number; numerator: number; denominator: number };

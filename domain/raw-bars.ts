/** Rows as the provider sent them, in columns of equal length, in the provider's order, nothing filtered. */
export interface RawBars {
  /** The symbol that the provider says it answers for; null where it doesn't say. */
  symbol: string | null;
  /** ISO 4217, or the provider's own minor-unit code (GBp, ZAc, ILA); null where it doesn't say. */
  currency: string | null;
  /** IANA zone of the exchange; null where the provider has none (coins). */
  timezone: string | null;
  /** The bar's open as the provider stamps it (close stamps are already moved to the open), epoch ms UTC. */
  time: number[];
  open: (number | null)[];
  high: (number | null)[];
  low: (number | null)[];
  close: (number | null)[];
  volume: (number | null)[];
  /** Whether the provider has per-bar volume at all. */
  hasVolume: boolean;
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

/** A split or dividend as the provider tells it. */
export type RawCorporateAction =
  | { kind: 'dividend'; time: number; amount: number }
  | { kind: 'split'; time: number; numerator: number; denominator: number };

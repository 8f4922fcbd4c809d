/** A response of a simulated provider. */
export interface SandboxResponse {
  status: number;
  /** Sent as JSON; a string is sent unchanged, as text/html. */
  body: unknown;
  headers?: Record<string, string>;
  /** The final bars in the body, for the ledger. */
  served?: ServedBars;
}

export interface ServedBars {
  symbol: string;
  interval: Interval;
  /** Bar opens, epoch ms; for `1d` 00:00Z of the trading date. */
  times: number[];
}

export const INTERVALS = ['1m', '1d', '30m', '4h', '4d'] as const;
export type Interval = (typeof INTERVALS)[number];

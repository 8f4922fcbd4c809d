/** What a simulated provider answers. */
export interface SandboxResponse {
  status: number;
  /** Sent as JSON; a string is sent as it is, as text/html. */
  body: unknown;
  headers?: Record<string, string>;
  /** The final bars in it, for the ledger. */
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

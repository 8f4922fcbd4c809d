/** The product of a coin: coin and currency, as in BTC-USD. */
export const symbolOf = ({ symbol, currency }: { symbol: string; currency: string }): string | null =>
  /^[A-Z0-9]+$/.test(symbol) ? `${symbol}-${currency}` : null;

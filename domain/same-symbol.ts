/**
 * A symbol in our spelling, if it names a pair or a market as elsewhere: `BTC-USD`, `BTC/USDT`, `X:BTCUSD`, `SPY.US`, `$SPY`,
 * `spy`.
 */
export function sameSymbol(text: string, known: readonly string[]): string | null {
  const upper = text.trim().toUpperCase();
  const plain = upper.replace(/^[$^]|^.+:/, '');
  const candidates = [
    upper,
    plain,
    upper.replace(/:.*$/, ''),
    plain.replace(/[-/_.=].*$/, ''),
    plain.replace(/[-/_]?(USDT?|USDC|EUR)$/, ''),
  ];
  return known.find((symbol) => symbol !== text && candidates.includes(symbol.toUpperCase())) ?? null;
}

/** The hint at the end of an error that names unknown symbols, such as `; did you mean BTC, ETH?`; empty if nothing known is similar. */
export function meantSymbols(unknown: readonly string[], known: readonly string[]): string {
  const meant = new Set(unknown.flatMap((symbol) => sameSymbol(symbol, known) ?? []));
  return meant.size === 0 ? '' : `; did you mean ${[...meant].join(', ')}?`;
}

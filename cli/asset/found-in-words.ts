import type { FoundInstrument } from '../../planning/find-instruments.js';

/** What a search found, in one line: what it is, and whether it is followed or can be. */
export function foundInWords(one: FoundInstrument): string {
  const { providerSymbol, name, kind, exchange, exchangeName, currency, provider, timeframes } = one;
  const place = [exchange, exchangeName].filter(Boolean).join(' ');
  const state = one.followedAs
    ? `followed as ${one.followedAs.symbol}, ${one.followedAs.status}`
    : (one.refused ?? timeframes.join(', '));
  return `${providerSymbol.padEnd(16)} ${name}; ${[kind, place, currency, provider].filter(Boolean).join(', ')}: ${state}`;
}

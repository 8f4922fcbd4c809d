import type { AskedProvider, FoundAsset } from './api/types';
import { timeframeText } from './timeframes';

/** What an asset is, in a word. */
const KIND_NAMES = {
  equity: 'stock',
  etf: 'ETF',
  index: 'index',
  fund: 'fund',
  currency: 'currency pair',
  coin: 'coin',
} as const satisfies Record<NonNullable<FoundAsset['kind']>, string>;

/** A text that is a list of symbols: separated by commas or lines, or by spaces if all are in capitals. */
export function symbolsIn(text: string): string[] {
  const parts = text
    .split(/[\s,;]+/)
    .map((part) => part.trim())
    .filter(Boolean);
  const isList = /[,;\n]/.test(text) || text === text.toUpperCase();
  return isList && parts.length > 1 ? [...new Set(parts)] : [];
}

/** How to ask for something that was found. A series of one's own, which no provider is asked for, goes by its symbol here. */
export const askingFor = ({
  askedProvider,
  providerSymbol,
  symbol,
}: Pick<FoundAsset, 'askedProvider' | 'providerSymbol' | 'symbol'>): {
  asked: string;
  provider: AskedProvider | null;
} => ({ asked: askedProvider === null ? symbol : providerSymbol, provider: askedProvider });

/** "stock · London · GBP, quoted in GBp · 1-minute bars, 1-day bars". */
export const describeFound = ({ kind, exchangeName, exchange, currency, quotedIn, timeframes }: FoundAsset): string =>
  [
    kind && KIND_NAMES[kind],
    exchangeName ?? exchange,
    currency && (quotedIn ? `${currency}, quoted in ${quotedIn}` : currency),
    timeframes.map(timeframeText).join(', '),
  ]
    .filter(Boolean)
    .join(' · ');

import type { Instrument } from '../config/catalog/instrument.js';
import type { ProviderId } from '../config/catalog/providers.js';

/** Questions to a provider about what it has prices of. Nothing of the answers is stored. */

/** A search by name, ticker or ISIN; all about one symbol of the provider; or whether it has the prices of an asset. */
export type Question =
  | { kind: 'search'; text: string }
  | { kind: 'instrument'; providerSymbol: string }
  | { kind: 'prices'; providerSymbol: string; assetId: number };

/** Whether a symbol has the prices of an asset, by the last days of which the asset has bars. */
export interface SamePrices {
  /** Null if there are too few days to tell. */
  areSame: boolean | null;
  /** The last day that both have, YYYY-MM-DD, with the close of the asset and that of the symbol; null if there is none. */
  last: { day: string; own: number; other: number } | null;
}

/** How much longer each question of a look-up may take: the slowest provider is asked one in 1.5 s. */
export const LOOK_UP_EACH_MS = 2_000;

/** Input of LookUpWorkflow. */
export interface LookUpInput {
  provider: ProviderId;
  questions: Question[];
}

/** Input of the activity. */
export interface LookUpQuestion {
  provider: ProviderId;
  question: Question;
}

/** The answer to one question. */
export interface Answer {
  /** What was found; of a question about a symbol at most one, and none if the provider does not know it. */
  instruments: Instrument[];
  /** Of a question about prices; absent if they cannot be compared. */
  prices?: SamePrices;
  /** Why there is no answer; null if there is one. */
  failure: { type: string; message: string } | null;
}

export function questionInWords(question: Question): string {
  if (question.kind === 'search') return `search for ${question.text}`;
  return question.kind === 'prices' ? `prices of ${question.providerSymbol}` : question.providerSymbol;
}

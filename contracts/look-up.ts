import type { Instrument } from '../config/catalog/instrument.js';
import type { ProviderId } from '../config/catalog/providers.js';

/** Questions to a provider about what it has prices of. Nothing of the answers is stored. */

/** A search by name, ticker or ISIN; or all about one symbol of the provider. */
export type Question = { kind: 'search'; text: string } | { kind: 'instrument'; providerSymbol: string };

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
  /** Why there is no answer; null if there is one. */
  failure: { type: string; message: string } | null;
}

export const questionInWords = (question: Question): string =>
  question.kind === 'search' ? `search for ${question.text}` : question.providerSymbol;

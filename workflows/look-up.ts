import type { Answer, LookUpInput } from '../contracts/look-up.js';
import { lookUpOn } from './activities.js';
import { failureOf } from './ingest.js';

/** Asks a provider some questions, each in one request. @returns the answers in their order; each may fail by itself */
export async function LookUpWorkflow({ provider, questions }: LookUpInput): Promise<Answer[]> {
  const lookUp = lookUpOn(provider, questions.length);
  return Promise.all(
    questions.map((question) =>
      lookUp({ provider, question }).catch((error: unknown): Answer => ({
        instruments: [],
        failure: failureOf(error),
      })),
    ),
  );
}

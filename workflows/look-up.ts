import { inputProblem, LOOK_UP_FIELDS } from '../contracts/input-problem.js';
import type { Answer, LookUpInput } from '../contracts/look-up.js';
import { lookUpOn } from './activities.js';
import { failureOf } from './ingest.js';
import { refuseWrongInput } from './run.js';

/** Asks a provider some questions, each in one request. @returns the answers in their order; each may fail by itself */
export async function LookUpWorkflow(input: LookUpInput): Promise<Answer[]> {
  refuseWrongInput(inputProblem(input, LOOK_UP_FIELDS));
  const { provider, questions } = input;
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

/** What is wrong with one field of an input, in words. */
export interface InputProblem {
  field: string;
  detail: string;
}

/** The caller asked for something that does not exist or makes no sense; trying again would not help. */
export class BadInputError extends Error {
  override readonly name: string = 'BadInputError';
}

/** A bad input of several fields: names all that is wrong at once. */
export class BadFieldsError extends BadInputError {
  override readonly name = 'BadFieldsError';

  constructor(readonly problems: readonly InputProblem[]) {
    super(problems.map(({ field, detail }) => `${field}: ${detail}`).join('; '));
  }
}

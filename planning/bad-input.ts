/** The caller asked for something that does not exist or makes no sense; trying again would not help. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError';
}

/** A problem that an operator can fix: reported without a stack trace. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

import { EXIT } from './exit-codes.js';

/** A problem that the user can fix: shown as its message alone, without a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

import { EnvError } from '../../config/env.js';
import { EXIT } from './exit-codes.js';
import type { Terminal } from './terminal.js';
import { UserError } from './user-error.js';

/**
 * Runs a command and ends the process with the exit code that it returns. What the user can fix (UserError, EnvError) is
 * shown as its message alone, any other error with its stack trace.
 */
export async function runCommand(terminal: Terminal, main: () => Promise<number>): Promise<never> {
  let exitCode: number;
  try {
    exitCode = await main();
  } catch (error) {
    const isForUser = error instanceof UserError || error instanceof EnvError;
    const text = isForUser ? error.message : ((error as Error).stack ?? String(error));
    terminal.line(terminal.colour('red', text));
    exitCode = error instanceof UserError ? error.exitCode : error instanceof EnvError ? EXIT.usage : EXIT.failed;
  }
  process.exit(exitCode);
}

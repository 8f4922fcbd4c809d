import { isNativeError } from 'node:util/types';

/** Why a backup cannot be taken or restored, in words for people. */
export class BackupError extends Error {
  override readonly name: string = 'BackupError';
}

/** A file of a backup is not what was written. */
export class DamagedError extends BackupError {
  override readonly name = 'DamagedError';

  constructor(path: string, what: string) {
    super(`${path} is damaged: ${what}`);
  }
}

/** What the system refuses, such as to write to a full disk (ENOSPC). */
export const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  isNativeError(error) && 'syscall' in error;

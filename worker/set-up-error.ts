import type { SchemaState } from '../db/migrate.js';

/** A problem that an operator can fix: reported without a stack trace. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

/** Of a build that is older than a database. */
export const tooOldFor = ({ current, expected }: SchemaState): SetUpError =>
  new SetUpError(
    `The database schema (${current}) is newer than the one that this build knows (${expected}). Nothing was changed. ` +
      'Update Barkeep; or go back with a backup from before the update (docs/runbook.md, "Update").',
  );

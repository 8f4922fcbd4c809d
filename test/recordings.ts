import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

const folder = fileURLToPath(new URL('../../shared/recordings/', import.meta.url));

/** Folder of recorded provider answers beside the project, or null where it is not there: the data are not ours to ship. */
const recordings: string | null = existsSync(folder) ? folder : null;

/** Runs where the recordings are, and is reported as skipped where not. */
export function describeWithRecordings(name: string, body: (folder: string) => void): void {
  if (recordings) describe(name, () => body(recordings));
  else describe.skip(`${name} (skipped: no recordings beside the project)`, () => body(''));
}

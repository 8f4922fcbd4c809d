import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const folder = fileURLToPath(new URL('../../shared/recordings/', import.meta.url));

/** Folder of recorded payloads next to the project, or null if it is missing: we may not distribute the data. */
const recordings: string | null = existsSync(folder) ? folder : null;

/** A `describe` that runs if there are recordings, and is reported as skipped otherwise. */
export function describeWithRecordings(name: string, body: (folder: string) => void): void {
  if (recordings) describe(name, () => body(recordings));
  else describe.skip(`${name} (skipped: no recordings next to the project)`, () => body(''));
}

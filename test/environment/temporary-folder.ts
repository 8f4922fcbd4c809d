import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Creates a folder for a test. It is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-unit-'));
  // if the tests run as root, PostgreSQL runs as another user, who must be able to enter
  chmodSync(folder, 0o711);
  folders.push(folder);
  return folder;
}

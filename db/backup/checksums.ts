import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DamagedError } from './errors.js';

/** In the form of `sha256sum`, so that `sha256sum --check SHA256SUMS` checks a copy without Barkeep. */
export const CHECKSUMS = 'SHA256SUMS';
const LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/** SHA-256 of a file of any size, in hexadecimal. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The files of a folder and of the folders in it, by their path in it. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** The lines of the checksums file of a folder. */
export async function checksumsOf(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const file of filesIn(folder)) lines.push(`${await sha256Of(join(folder, file))}  ${file}\n`);
  return lines.join('');
}

/** Compares every file of a folder with its checksum. @throws DamagedError that names the file */
export async function checkChecksums(folder: string): Promise<void> {
  const list = join(folder, CHECKSUMS);
  const left = new Set(filesIn(folder));
  if (!left.delete(CHECKSUMS)) throw new DamagedError(folder, `${CHECKSUMS} is missing`);
  for (const line of readFileSync(list, 'utf8').trimEnd().split('\n')) {
    const [, sha256, file] = LINE.exec(line) ?? [];
    if (!file) throw new DamagedError(list, 'it has a line that is no checksum');
    if (!left.delete(file)) throw new DamagedError(join(folder, file), 'it is missing');
    if ((await sha256Of(join(folder, file))) !== sha256)
      throw new DamagedError(join(folder, file), `its checksum is not that of ${CHECKSUMS}`);
  }
  const [unlisted] = left;
  if (unlisted !== undefined) throw new DamagedError(join(folder, unlisted), `${CHECKSUMS} does not list it`);
}

import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { DamagedError } from './errors.js';
import { filesIn, locationOf, readAll, type Store } from './store.js';

/** In the form of `sha256sum`, so that `sha256sum --check SHA256SUMS` checks a copy without Barkeep. */
export const CHECKSUMS = 'SHA256SUMS';
const LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/** SHA-256 of a file of any size, in hexadecimal. */
async function sha256Of(store: Store, name: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(await store.read(name), hash);
  return hash.digest('hex');
}

/** The checksums file of files whose SHA-256 is known, by their path. */
export const checksumsOf = (sha256: ReadonlyMap<string, string>): Buffer =>
  Buffer.from(
    [...sha256]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, hash]) => `${hash}  ${file}\n`)
      .join(''),
  );

/**
 * Compares every file of a folder with its checksum.
 * @param options.sums the content of SHA256SUMS, if that is yet to be written
 * @param options.except a file that the caller reads and compares
 * @returns the checksum of that file
 * @throws DamagedError that names the file
 */
export async function checkChecksums(
  folder: Store,
  { sums, except }: { sums?: Buffer; except: string },
): Promise<string> {
  let ofException: string | undefined;
  const left = new Set(await filesIn(folder));
  if (!sums && !left.delete(CHECKSUMS)) throw new DamagedError(folder.location, `${CHECKSUMS} is missing`);
  const list = sums ?? (await readAll(folder, CHECKSUMS));
  for (const line of list.toString().trimEnd().split('\n')) {
    const [, sha256 = '', file] = LINE.exec(line) ?? [];
    if (!file) throw new DamagedError(locationOf(folder, CHECKSUMS), 'it has a line that is no checksum');
    if (!left.delete(file)) throw new DamagedError(locationOf(folder, file), 'it is missing');
    if (file === except) ofException = sha256;
    else if ((await sha256Of(folder, file)) !== sha256) throw otherChecksum(folder, file);
  }
  const [unlisted] = left;
  if (unlisted !== undefined) throw new DamagedError(locationOf(folder, unlisted), `${CHECKSUMS} does not list it`);
  if (ofException === undefined) throw new DamagedError(locationOf(folder, except), 'it is missing');
  return ofException;
}

export const otherChecksum = (folder: Store, file: string): DamagedError =>
  new DamagedError(locationOf(folder, file), `its checksum is not that of ${CHECKSUMS}`);

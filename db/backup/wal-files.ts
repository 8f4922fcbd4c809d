import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DamagedError } from './errors.js';
import { type Entry, locationOf, readAll, type Store } from './store.js';

/** An archived file is named `name.hash.zst`: the hash covers every byte of the file, so no other file has to hold it. */
const ARCHIVED = /^(.+)\.([0-9a-f]{16})\.zst$/;
const HASH_DIGITS = 16;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, HASH_DIGITS);

/** The archived files of the write-ahead log (WAL), by PostgreSQL's names, in the order of these. */
export async function archivedWal(wal: Store, prefix?: string): Promise<Map<string, Entry>> {
  const found = (await wal.list(prefix)).flatMap((entry): [string, Entry][] => {
    const name = ARCHIVED.exec(entry.name)?.[1];
    return name === undefined ? [] : [[name, entry]];
  });
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Archives a file of the WAL: compressed, and complete and safe when this resolves. To archive it once more is harmless,
 * and replaces a copy that is damaged.
 * @throws Error if another file of that name is archived; nothing is overwritten then
 */
export async function archiveWalFile(source: string, name: string, wal: Store): Promise<void> {
  const content = await readFile(source);
  const archived = (await archivedWal(wal, `${name}.`)).get(name)?.name;
  const bytes = archived === undefined ? null : await readAll(wal, archived);
  if (archived !== undefined && bytes && hasHashOf(bytes, archived)) {
    if (zstdDecompressSync(bytes).equals(content)) return;
    throw new Error(`${locationOf(wal, archived)} is archived already, and differs: two servers archive to this place`);
  }
  const compressed = zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  await wal.write(`${name}.${hashOf(compressed)}.zst`, compressed);
}

/** An archived file as it is stored, compressed. @throws DamagedError if a byte of it has changed */
export async function readArchivedWal(wal: Store, file: string): Promise<Buffer> {
  const compressed = await readAll(wal, file);
  if (!hasHashOf(compressed, file))
    throw new DamagedError(locationOf(wal, file), 'its checksum is not that of its name');
  return compressed;
}

/** Whether each byte of an archived file is as it was written. */
export async function isIntact(wal: Store, file: string): Promise<boolean> {
  return hasHashOf(await readAll(wal, file), file);
}

const hasHashOf = (compressed: Buffer, file: string): boolean => hashOf(compressed) === ARCHIVED.exec(file)?.[2];

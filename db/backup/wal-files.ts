import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DamagedError } from './errors.js';

/** An archived file is named `name.hash.zst`: the hash covers every byte of the file, so no other file has to hold it. */
const ARCHIVED = /^(.+)\.([0-9a-f]{16})\.zst$/;
const HASH_DIGITS = 16;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, HASH_DIGITS);

/** The archived files of the write-ahead log (WAL), by PostgreSQL's names, in the order of these. */
export function archivedWal(folder: string): Map<string, string> {
  const found = readdirSync(folder).flatMap((file): [string, string][] => {
    const name = ARCHIVED.exec(file)?.[1];
    return name === undefined ? [] : [[name, join(folder, file)]];
  });
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Archives a file of the WAL: compressed, and complete and on disk when this returns. To archive it once more is harmless,
 * and replaces a copy that is damaged.
 * @throws Error if another file of that name is archived; nothing is overwritten then
 */
export function archiveWalFile(source: string, name: string, folder: string): void {
  const content = readFileSync(source);
  const archived = archivedWal(folder).get(name);
  if (archived !== undefined && isIntact(archived)) {
    if (readArchivedWal(archived).equals(content)) return;
    throw new Error(`${archived} is archived already, and differs: two servers archive to this folder`);
  }
  const compressed = zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const draft = join(folder, `${name}.tmp`);
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(fd, compressed);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, join(folder, `${name}.${hashOf(compressed)}.zst`));
  syncFolder(folder);
}

/** The content of an archived file. @throws DamagedError if a byte of it has changed */
export function readArchivedWal(path: string): Buffer {
  const compressed = readFileSync(path);
  if (hashOf(compressed) !== ARCHIVED.exec(path)?.[2])
    throw new DamagedError(path, 'its checksum is not that of its name');
  return zstdDecompressSync(compressed);
}

/** Whether each byte of an archived file is as it was written. */
export const isIntact = (path: string): boolean => hashOf(readFileSync(path)) === ARCHIVED.exec(path)?.[2];

/** Makes sure that the names in a folder are on disk. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archivedUntil, archivesIn, baseFolderOf, readCopies } from '../../db/backup/archive.js';
import { copyFolders } from '../../db/backup/base-copy.js';
import { bytesInWords } from '../../domain/bytes-in-words.js';
import { shellWord } from '../lib/shell-word.js';

/** An archive of an earlier start or of another data folder. */
export interface FormerArchive {
  /** Absolute path. */
  archive: string;
  bytes: number;
  /** When the last segment was archived to it; null if none was. */
  until: Date | null;
}

/**
 * The archives beside that of a data folder. None as long as it has no base copy that can be read: until then,
 * only they can be restored.
 * @param current absolute path
 */
export async function formerArchives(current: string): Promise<FormerArchive[]> {
  if (readCopies(copyFolders(baseFolderOf(current))).copies.length === 0) return [];
  const former: FormerArchive[] = [];
  for (const archive of archivesIn(dirname(current)).filter((one) => one !== current))
    former.push({ archive, bytes: await sizeOf(archive), until: archivedUntil(archive) });
  return former;
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0, // deleted meanwhile
      );
  return bytes;
}

/** What they are, and how to delete each; no lines if there are none. */
export function formerInWords(former: readonly FormerArchive[]): string[] {
  if (former.length === 0) return [];
  const total = bytesInWords(former.reduce((sum, { bytes }) => sum + bytes, 0));
  return [
    `Former archives take up ${total}, and no retention applies to them. If no other data folder archives there, delete them:`,
    ...former.map(
      ({ archive, bytes, until }) =>
        `  rm -r ${shellWord(archive)}  # ${bytesInWords(bytes)}, ${until ? `up to ${until.toISOString()}` : 'empty'}`,
    ),
  ];
}

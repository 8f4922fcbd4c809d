import { archivedUntil, archivesIn, baseOf, readCopies } from '../../db/backup/archive.js';
import { copiesIn } from '../../db/backup/base-copy.js';
import { openStore } from '../../db/backup/open-store.js';
import { isBucket, type Store } from '../../db/backup/store.js';
import { bytesInWords } from '../../domain/bytes-in-words.js';
import { DAY } from '../../domain/timeframe.js';
import { shellWord } from '../lib/shell-word.js';
import { placeOf } from '../start/backup-archive.js';

/** An archive of an earlier start or of another data folder. */
export interface FormerArchive {
  /** Absolute path, or `s3://…`. */
  archive: string;
  bytes: number;
  /** When the last segment was archived to it; null if none was. */
  until: Date | null;
}

/** A server archives every minute, and one that is stopped for longer is not forgotten at once. */
const IN_USE_MS = 7 * DAY;

/**
 * The archives beside that of a data folder, without those to which something was archived lately: several servers may
 * share a place. None as long as the data folder's own archive has no base copy that can be read: until then, only the
 * others can be restored.
 * @param current absolute path, or `s3://…`
 */
export async function formerArchives(current: string, now = Date.now()): Promise<FormerArchive[]> {
  const place = placeOf(current);
  const backups = await openStore(place.backups);
  const base = baseOf(backups.in(place.name));
  if ((await readCopies(base, (await copiesIn(base)).names)).copies.length === 0) return [];
  const former: FormerArchive[] = [];
  for (const name of (await archivesIn(backups)).filter((one) => one !== place.name)) {
    const store = backups.in(name);
    const until = await archivedUntil(store);
    if (until && now - until.getTime() < IN_USE_MS) continue;
    former.push({ archive: store.location, bytes: await sizeOf(store), until });
  }
  return former;
}

async function sizeOf(store: Store): Promise<number> {
  let bytes = 0;
  for (const entry of await store.list()) bytes += entry.isFolder ? await sizeOf(store.in(entry.name)) : entry.bytes;
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
        `  ${isBucket(archive) ? 'aws s3 rm --recursive' : 'rm -r'} ${shellWord(archive)}  # ${bytesInWords(bytes)}, ${until ? `up to ${until.toISOString()}` : 'empty'}`,
    ),
  ];
}

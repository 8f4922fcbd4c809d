import { basename, dirname } from 'node:path';
import { archivesIn, baseFolderOf, readCopies } from '../../db/backup/archive.js';
import { type BaseCopy, copyFolders, readCopy, takenAt } from '../../db/backup/base-copy.js';
import { BackupError } from '../../db/backup/errors.js';
import { UserError } from '../lib/user-error.js';

export interface ChosenCopy {
  /** Absolute path. */
  archive: string;
  copy: BaseCopy;
}

/**
 * The base copy to begin a restore with.
 * @param from name of a copy or an archive
 * @param at epoch ms; null: the end of the archive
 * @throws UserError if there is none, or if it could be one of several archives
 * @throws UserError if it cannot be read, which names an earlier one
 */
export function chooseCopy(backupDir: string, from: string | null, at: number | null): ChosenCopy {
  const all = archivesIn(backupDir).flatMap((archive) => {
    const folders = copyFolders(baseFolderOf(archive));
    return folders.length === 0 ? [] : [{ archive, folders }];
  });
  if (all.length === 0) throw new UserError(`There is no base copy in ${backupDir} (BACKUP_DIR).`);
  const named = all.flatMap(({ archive, folders }) => {
    if (from === null || from === basename(archive)) return [{ archive, folders }];
    const copies = folders.filter((folder) =>
      [basename(folder), `${basename(archive)}/${basename(folder)}`].includes(from),
    );
    return copies.length === 0 ? [] : [{ archive, folders: copies }];
  });
  const [one, ...others] = named;
  if (!one)
    throw new UserError(`${from} is neither a base copy nor an archive in ${backupDir}. It has:\n${listed(all)}`);
  if (others.length > 0)
    throw new UserError(`${backupDir} has several archives. Choose one with --from:\n${listed(named)}`);
  return { archive: one.archive, copy: newestBefore(one.folders, at) };
}

function newestBefore(folders: readonly string[], at: number | null): BaseCopy {
  let copy: BaseCopy | undefined;
  for (const folder of folders.toReversed()) {
    if (at !== null && takenAt(folder) > at && folder !== folders[0]) continue;
    try {
      copy = readCopy(folder);
    } catch (error) {
      throw withEarlierCopy(error, folder);
    }
    if (at === null || Date.parse(copy.finishedAt) <= at) return copy;
  }
  throw new UserError(
    `The base copy ${copy!.name} was finished at ${copy!.finishedAt}, and there is no earlier one to begin with: choose a later --at.`,
  );
}

/** If a base copy cannot be used, one before it restores the same instants, with more of the write-ahead log. */
export function withEarlierCopy(error: unknown, folder: string): unknown {
  if (!(error instanceof BackupError)) return error;
  const base = dirname(folder);
  const earlier = readCopies(copyFolders(base).filter((other) => other < folder)).copies.at(-1);
  const remedy = earlier
    ? `Begin with an earlier base copy: --from ${basename(dirname(base))}/${earlier.name}`
    : 'There is no earlier base copy to begin with.';
  return new UserError(`${error.message}.\nNothing was restored. ${remedy}`);
}

const listed = (archives: readonly { archive: string; folders: string[] }[]): string =>
  archives
    .map(({ archive, folders }) => {
      const [first, last] = [basename(folders[0]!), basename(folders.at(-1)!)];
      return `  ${basename(archive)}  ${folders.length === 1 ? first : `${folders.length} base copies, ${first} to ${last}`}`;
    })
    .join('\n');

import { basename } from 'node:path';
import { archivesIn, baseFolderOf } from '../../db/backup/archive.js';
import { type BaseCopy, copyFolders, readCopy } from '../../db/backup/base-copy.js';
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
 * @throws BackupError if a copy cannot be read
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
    copy = readCopy(folder);
    if (at === null || Date.parse(copy.finishedAt) <= at) return copy;
  }
  throw new UserError(
    `The base copy ${copy!.name} was finished at ${copy!.finishedAt}, and there is no earlier one to begin with: choose a later --at.`,
  );
}

const listed = (archives: readonly { archive: string; folders: string[] }[]): string =>
  archives
    .map(({ archive, folders }) => {
      const [first, last] = [basename(folders[0]!), basename(folders.at(-1)!)];
      return `  ${basename(archive)}  ${folders.length === 1 ? first : `${folders.length} base copies, ${first} to ${last}`}`;
    })
    .join('\n');

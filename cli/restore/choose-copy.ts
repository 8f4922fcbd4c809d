import { archivesIn, baseOf, readCopies } from '../../db/backup/archive.js';
import { type BaseCopy, copiesIn, readCopy, takenAt } from '../../db/backup/base-copy.js';
import { BackupError } from '../../db/backup/errors.js';
import type { Store } from '../../db/backup/store.js';
import { UserError } from '../lib/user-error.js';

export interface ChosenCopy {
  /** The archive, with its name. */
  archive: Store;
  archiveName: string;
  copy: BaseCopy;
}

/** The base copies of an archive, by name, oldest first. */
interface Choice {
  archive: string;
  copies: string[];
}

/**
 * The base copy to begin a restore with.
 * @param from name of a copy or an archive
 * @param at epoch ms; null: the end of the archive
 * @throws UserError if there is none, or if it could be one of several archives
 * @throws UserError if it cannot be read, which names an earlier one
 */
export async function chooseCopy(backups: Store, from: string | null, at: number | null): Promise<ChosenCopy> {
  const all: Choice[] = [];
  for (const archive of await archivesIn(backups)) {
    const { names: copies } = await copiesIn(baseOf(backups.in(archive)));
    if (copies.length > 0) all.push({ archive, copies });
  }
  if (all.length === 0) throw new UserError(`There is no base copy in ${backups.location} (BACKUP_DIR).`);
  const named = all.flatMap(({ archive, copies }) => {
    if (from === null || from === archive) return [{ archive, copies }];
    const ofThatName = copies.filter((copy) => [copy, `${archive}/${copy}`].includes(from));
    return ofThatName.length === 0 ? [] : [{ archive, copies: ofThatName }];
  });
  const [one, ...others] = named;
  if (!one)
    throw new UserError(
      `${from} is neither a base copy nor an archive in ${backups.location}. It has:\n${listed(all)}`,
    );
  if (others.length > 0)
    throw new UserError(`${backups.location} has several archives. Choose one with --from:\n${listed(named)}`);
  const archive = backups.in(one.archive);
  const chosen = { archive, archiveName: one.archive };
  return { ...chosen, copy: await newestBefore(chosen, one.copies, at) };
}

async function newestBefore(
  chosen: Omit<ChosenCopy, 'copy'>,
  names: readonly string[],
  at: number | null,
): Promise<BaseCopy> {
  let copy: BaseCopy | undefined;
  for (const name of names.toReversed()) {
    if (at !== null && takenAt(name) > at && name !== names[0]) continue;
    try {
      copy = await readCopy(baseOf(chosen.archive), name);
    } catch (error) {
      throw await withEarlierCopy(error, chosen, name);
    }
    if (at === null || Date.parse(copy.finishedAt) <= at) return copy;
  }
  throw new UserError(
    `The base copy ${copy!.name} was finished at ${copy!.finishedAt}, and there is no earlier one to begin with: choose a later --at.`,
  );
}

/** If a base copy cannot be used, one before it restores the same instants, with more of the write-ahead log. */
export async function withEarlierCopy(
  error: unknown,
  { archive, archiveName }: Omit<ChosenCopy, 'copy'>,
  name: string,
): Promise<unknown> {
  if (!(error instanceof BackupError)) return error;
  const base = baseOf(archive);
  const earlierNames = (await copiesIn(base)).names.filter((other) => other < name);
  const earlier = (await readCopies(base, earlierNames)).copies.at(-1);
  const remedy = earlier
    ? `Begin with an earlier base copy: --from ${archiveName}/${earlier.name}`
    : 'There is no earlier base copy to begin with.';
  return new UserError(`${error.message}.\nNothing was restored. ${remedy}`);
}

const listed = (choices: readonly Choice[]): string =>
  choices
    .map(({ archive, copies }) => {
      const count = copies.length === 1 ? copies[0]! : `${copies.length} base copies, ${copies[0]} to ${copies.at(-1)}`;
      return `  ${archive}  ${count}`;
    })
    .join('\n');

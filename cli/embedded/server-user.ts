import { execFileSync, spawnSync } from 'node:child_process';
import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isOfSystem } from '../../db/backup/errors.js';
import { UserError } from '../lib/user-error.js';

/** How to start a program that refuses to run as root. */
export interface ServerUser {
  /** Null: our own user. */
  ids: { uid: number; gid: number } | null;
  /** The command line and spawn options that run a program as this user. */
  wrap(command: string, args: string[]): { command: string; args: string[]; options: { uid?: number; gid?: number } };
}

const asIs: ServerUser = { ids: null, wrap: (command, args) => ({ command, args, options: {} }) };

/**
 * Capabilities that let a user enter every folder, the smaller one first: containers often have only the second. What the
 * server starts inherits them, and needs them: the command that archives the write-ahead log has to enter our build and the
 * archive. Only a superuser of the database, who knows `postgres-password`, can make the server start another program.
 */
const ENTERING = ['dac_read_search', 'dac_override'];

/**
 * The user that PostgreSQL runs as: our own, or, if we are root (which PostgreSQL refuses), `postgres` or `nobody`.
 * That user must reach the programs, the data folder and the archive of the write-ahead log. If it may not enter a folder on the way (a clone under /root),
 * `setpriv` gives it the one capability to do so.
 * @param initdb absolute path of the program, with PostgreSQL's others beside it
 * @param archive absolute path, if there is one
 * @throws UserError that names the folder and what to do
 */
export function serverUser(initdb: string, dataDir: string, archive?: string): ServerUser {
  const ids = serverIds();
  if (!ids) return asIs;
  const needed = [dataDir, initdb, ...(archive === undefined ? [] : [archive])];
  const closed = needed.map((path) => closedFolder(path, ids)).find((path) => path !== null);
  if (!closed) return { ids, wrap: (command, args) => ({ command, args, options: ids }) };
  for (const capability of ENTERING) {
    const pass = withCapability(ids, capability);
    // PostgreSQL's own checks decide, not ours: `--show` makes those of a start and creates nothing
    if (spawnSync('setpriv', [...pass, initdb, '--show', '-D', dataDir], { stdio: 'ignore' }).status === 0)
      return { ids, wrap: (command, args) => ({ command: 'setpriv', args: [...pass, command, ...args], options: {} }) };
  }
  throw new UserError(
    `PostgreSQL refuses to run as root, and the user it would run as (uid ${ids.uid}) cannot enter ${closed}.\n` +
      `Start as an ordinary user, open the folder (chmod o+x ${closed}), move it elsewhere, to a folder that everyone may ` +
      'enter, or set DATABASE_URL to your own PostgreSQL server.',
  );
}

/**
 * The arguments of `setpriv` before the program. PostgreSQL looks for its programs with access(2), for which the kernel
 * drops the capabilities of every user but root, unless no_setuid_fixup is set (capabilities(7), access(2)).
 */
const withCapability = ({ uid, gid }: { uid: number; gid: number }, capability: string): string[] => [
  ...['--clear-groups', `--reuid=${uid}`, `--regid=${gid}`, '--securebits=+no_setuid_fixup'],
  ...[`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, '--'],
];

/** The ids of that user; null if it is our own. @throws UserError if we are root and there is no other user */
export function serverIds(): ServerUser['ids'] {
  if (process.getuid?.() !== 0) return null;
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
      const ids = { uid: id('-u'), gid: id('-g') };
      if (ids.uid > 0) return ids;
    } catch {
      // no such user: try the next
    }
  }
  throw new UserError('PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as.');
}

/**
 * The first folder on the way to `path`, from the root down, that the user may not enter; null if there is none. What is not
 * there, such as an archive whose disk is gone, is not closed.
 */
function closedFolder(path: string, { uid, gid }: { uid: number; gid: number }): string | null {
  const parent = dirname(path);
  const above = parent === path ? null : closedFolder(parent, { uid, gid });
  if (above) return above;
  const stat = statOf(path);
  if (!stat) return null;
  const execute = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
  return stat.mode & execute ? null : path;
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (isOfSystem(error)) return null;
    throw error;
  }
}

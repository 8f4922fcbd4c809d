import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FollowingWal, segmentBeyond, walAfter } from '../../db/backup/archive.js';
import { type BaseCopy, checkCopy, COPY_FILES } from '../../db/backup/base-copy.js';
import { FolderStore } from '../../db/backup/folder-store.js';
import { DamagedError } from '../../db/backup/errors.js';
import { readAll, type Store } from '../../db/backup/store.js';
import { readArchivedWal } from '../../db/backup/wal-files.js';
import { counted } from '../../domain/in-words.js';
import { HOUR } from '../../domain/timeframe.js';
import { type PostgresBinaries, postgresBinaries } from '../embedded/postgres-binaries.js';
import { type PostgresServer, startPostgres } from '../embedded/postgres.js';
import { serverUser } from '../embedded/server-user.js';
import { walCommand, walProgram } from '../embedded/wal-archive.js';
import { LogFile } from '../lib/log-file.js';
import { signal as send } from '../lib/processes.js';
import { UserError } from '../lib/user-error.js';
import { claimDataFolder } from '../start/data-folder.js';
import { type ChosenCopy, withEarlierCopy } from './choose-copy.js';

/** A day of WAL takes minutes. */
const RECOVERY_MS = 6 * HOUR;
const NOT_REACHED = 'recovery ended before configured recovery target was reached';

export interface RecoverOptions extends ChosenCopy {
  /** Epoch ms, by the database's clock; null: the end of the archive. */
  at: number | null;
  /** An absolute path that does not exist, of the data folder to create. */
  dataDir: string;
  report: (line: string) => void;
  signal: AbortSignal;
  /** The program that fetches a file of the WAL. Default: ours. */
  program?: readonly string[];
  /** Server settings that override ours, such as `fsync=off` in tests. */
  settings?: Record<string, string>;
}

export interface Recovered {
  server: PostgresServer;
  /** When the last restored transaction was committed; null if it was before the base copy. */
  lastCommitAt: Date | null;
}

/**
 * Restores a base copy and the WAL that follows it into a new data folder, and leaves its server running. Nothing that has not
 * been checked byte by byte gets there.
 * @throws DamagedError, UserError; what is in the folder then is worth nothing
 */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { copy, dataDir, at, report, signal } = options;
  const binaries = postgresBinaries();
  refuseOtherMachine(copy, binaries);
  claimDataFolder(dataDir);
  const cluster = join(dataDir, 'postgres');
  const wal = join(dataDir, 'wal');
  for (const folder of [cluster, wal]) mkdirSync(folder, { mode: 0o700 });
  report(`Checking the write-ahead log after ${copy.name} …`);
  const following = await fetchedWal(options, new FolderStore(wal));
  report(`Checking and unpacking the base copy ${copy.name} …`);
  await checkCopy(copy, { into: cluster, signal }).catch(async (error: unknown) => {
    throw error instanceof DamagedError ? await withEarlierCopy(error, options, copy.name) : error;
  });
  const beside = copy.store.in(COPY_FILES.dataFolder);
  for (const { name } of await beside.list())
    writeFileSync(join(dataDir, name), await readAll(beside, name), { mode: 0o600 });
  writeFileSync(join(cluster, 'recovery.signal'), '');
  signal.throwIfAborted();
  const { ids } = serverUser(binaries.initdb, dataDir);
  if (ids) for (const folder of [cluster, wal]) chownAll(folder, ids);
  report(`Replaying ${counted(following.segments.size, 'segment')} of the write-ahead log …`);
  const logFile = new LogFile(join(dataDir, 'logs', 'restore.log'));
  let pid: number | undefined;
  const stop = () => pid !== undefined && send(pid, 'SIGQUIT');
  signal.addEventListener('abort', stop);
  try {
    const server = await startPostgres({
      ...{ dataDir, binaries, logFile, readyMs: RECOVERY_MS, onSpawn: (spawned) => (pid = spawned) },
      settings: {
        restore_command: walCommand(options.program ?? walProgram('fetch-wal'), wal),
        ...(at !== null && { recovery_target_time: new Date(at).toISOString().replace('Z', '+00') }),
        recovery_target_action: 'promote',
        recovery_target_timeline: 'current',
        // so that it accepts connections only when the recovery has ended
        hot_standby: 'off',
        log_min_messages: 'log',
        ...options.settings,
      },
    });
    return { server, lastCommitAt: lastCommit(logFile) };
  } catch (error) {
    signal.throwIfAborted();
    if (at === null || !(error as Error).message.includes(NOT_REACHED)) throw error;
    throw new UserError(endsBefore(at, lastCommit(logFile), following));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The files of a cluster fit only the PostgreSQL that wrote them. */
function refuseOtherMachine({ name, majorVersion, platform }: BaseCopy, { postgres }: PostgresBinaries): void {
  const ours = `${process.platform}-${process.arch}`;
  const instead = 'To move to another kind of machine, use pg_dump (docs/backup.md).';
  if (platform !== ours) throw new UserError(`${name} is of a ${platform} machine, and this is ${ours}. ${instead}`);
  const version = /(\d+)\./.exec(execFileSync(postgres, ['--version'], { encoding: 'utf8' }))?.[1];
  if (majorVersion !== Number(version))
    throw new UserError(`${name} is of PostgreSQL ${majorVersion}, and this build has ${version}. ${instead}`);
}

/**
 * Fetches the WAL that follows the copy, checked byte by byte.
 * @throws UserError at a fault in it, unless the instant to restore may lie before it
 */
async function fetchedWal({ archive, copy, at, signal }: RecoverOptions, into: FolderStore): Promise<FollowingWal> {
  const fetch = async (wal: Store, file: string) => {
    signal.throwIfAborted();
    try {
      await into.write(file, await readArchivedWal(wal, file));
      return true;
    } catch (error) {
      if (error instanceof DamagedError) return false;
      throw error;
    }
  };
  const upTo = at === null ? undefined : await segmentBeyond(archive, at);
  const following = await walAfter(archive, copy, fetch, upTo);
  const { fault, segments, endsAt } = following;
  if (fault && (at === null || !segments.has(copy.lastSegment)))
    throw new UserError(
      segments.has(copy.lastSegment)
        ? `${fault.message}.\nWhat was committed before it can be restored: choose an instant with --at. The segment before ` +
            `it was archived at ${new Date(endsAt!).toISOString()}.`
        : `${fault.message}. The base copy ${copy.name} cannot be restored without it: choose an earlier one with --from.`,
    );
  return following;
}

function endsBefore(at: number, last: Date | null, { fault }: FollowingWal): string {
  const instant = new Date(at).toISOString();
  if (fault) return `${instant} cannot be restored: ${fault.message}. Choose an earlier instant.`;
  const end = last ? `the last commit is of ${last.toISOString()}` : 'there is no commit after the base copy';
  return `The archive ends before ${instant}: ${end}. Restore it without --at to get all that there is.`;
}

/** PostgreSQL logs it at the end of the recovery, in UTC. */
function lastCommit({ path }: LogFile): Date | null {
  const found = /last completed transaction was at log time (\S+) (\S+?)\+00/.exec(readFileSync(path, 'utf8'));
  return found ? new Date(`${found[1]}T${found[2]}Z`) : null;
}

function chownAll(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chownSync(join(entry.parentPath, entry.name), uid, gid);
}

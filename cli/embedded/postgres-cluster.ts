import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SECOND } from '../../domain/timeframe.js';
import { withDiskFullAdvice } from '../lib/disk-full.js';
import { commandLine, endProcess, isAlive } from '../lib/processes.js';
import { readSecret, secretFile } from '../lib/secret-file.js';
import { UserError } from '../lib/user-error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServerUser } from './server-user.js';

export const POSTGRES_USER = 'barkeep';

/**
 * Size of a segment of the write-ahead log. One takes its whole size however little is in it, and with backups a new one is begun
 * after 50 seconds: while their disk is away, 7 GB a day wait in DATA_DIR, not the 28 GB of PostgreSQL's 16 MiB. With less, the
 * program that archives each would not keep up with a backfill. Clusters from before November 2026 keep their 16 MiB.
 */
const WAL_SEGMENT_MIB = 4;

/** A database cluster on disk. */
export interface Cluster {
  folder: string;
  password: string;
}

/**
 * The cluster in `dataDir`/postgres, created if there is none. It is created in a temporary folder and renamed, so that an
 * interrupted start leaves no incomplete cluster.
 */
export async function openCluster(dataDir: string, binaries: PostgresBinaries, user: ServerUser): Promise<Cluster> {
  const folder = join(dataDir, 'postgres');
  const passwordFile = join(dataDir, 'postgres-password');
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const password = readSecret(passwordFile);
    if (password) return { folder, password };
    throw new UserError(`${folder} contains a database, but its password file ${passwordFile} is missing.`);
  }
  const password = secretFile(passwordFile);
  for (const name of readdirSync(dataDir).filter((entry) => entry.startsWith('postgres.new-')))
    rmSync(join(dataDir, name), { recursive: true, force: true });
  await createCluster(folder, join(dataDir, `postgres.new-${process.pid}`), password, binaries, user);
  return { folder, password };
}

async function createCluster(
  folder: string,
  aside: string,
  password: string,
  binaries: PostgresBinaries,
  user: ServerUser,
) {
  const cluster = join(aside, 'cluster');
  const passwordFile = join(aside, 'password');
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.ids) for (const path of [aside, cluster, passwordFile]) chownSync(path, user.ids.uid, user.ids.gid);
  const { command, args, options } = user.wrap(binaries.initdb, [
    ...['-D', cluster, '-U', POSTGRES_USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', `--wal-segsize=${WAL_SEGMENT_MIB}`],
  ]);
  try {
    await promisify(execFile)(command, args, { ...options, env: serverEnv() });
    renameSync(cluster, folder);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const reason = stderr || String(error);
    throw new UserError(`initdb could not create a database in ${folder}:\n${withDiskFullAdvice(reason)}`);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The environment without PostgreSQL's own variables (PGDATA, PGPORT …): those of the user's shell must not reach our server. */
export function serverEnv(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C' };
}

/**
 * Stops a server that an earlier, killed start left running on this cluster. Removes the lock of a server that is gone if
 * its pid now belongs to another program (as after a container restart).
 */
export async function stopLeftover(folder: string, log: (line: string) => void): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return;
  const command = commandLine(pid) ?? '';
  if (command.includes('postgres') && command.includes(`-D ${folder} `)) {
    log(`Stopping PostgreSQL (pid ${pid}), left running by an earlier start`);
    await endProcess(pid, [
      ['SIGINT', 10 * SECOND],
      ['SIGQUIT', 5 * SECOND],
    ]);
  } else if (!command.includes('postgres')) {
    rmSync(lock, { force: true });
  }
}

import type pg from 'pg';
import { baseOf, readArchiving, readCopies } from '../../db/backup/archive.js';
import { checkCopy, copiesIn } from '../../db/backup/base-copy.js';
import { BackupError, isOfSystem } from '../../db/backup/errors.js';
import { backupState } from '../../db/backup/state-in-words.js';
import { openStore } from '../../db/backup/open-store.js';
import { readDatabaseDisk } from '../../db/database-disk.js';
import type { SchemaState } from '../../db/migrate.js';
import { AlertReader } from '../../db/repositories/alerts/alert-reader.js';
import { assetProblems } from '../../db/repositories/read/active-assets.js';
import { dailyLoss, daysUntilFull, diskConditions } from '../../domain/alerts/disk.js';
import { bytesInWords } from '../../domain/bytes-in-words.js';
import { counted } from '../../domain/in-words.js';
import { type Check, error, ok, unknown, warning } from './check.js';
import { checkClock } from './clock.js';

/** The major version that the schema and the backups are made for. */
const POSTGRES = 18;
/** Of the connections that the server allows, in per cent. */
const MANY_CONNECTIONS = 80;
/** Open alerts that are listed; more say nothing new. */
const SHOWN_ALERTS = 100;

/** The server's version, clock and connections. @throws Error if it cannot be used */
export async function checkServer(pool: pg.Pool): Promise<Check[]> {
  const sentAt = Date.now();
  const { rows } = await pool.query<{
    version: string;
    major: number;
    now: number;
    bytes: number;
    readOnly: boolean;
    used: number;
    allowed: number;
  }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as now, pg_database_size(current_database())::float8 as bytes,
      current_setting('transaction_read_only')::bool as "readOnly",
      -- of sessions of other roles, only a superuser sees the type; all but the server's own have a database
      (select count(*)::int from pg_stat_activity
        where datid is not null and coalesce(backend_type, 'client backend') = 'client backend') as used,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - current_setting('reserved_connections')::int as allowed`,
  );
  const tookMs = Date.now() - sentAt;
  const { version, major, now, bytes, readOnly, used, allowed } = rows[0]!;
  const detail = `PostgreSQL ${version}, ${bytesInWords(bytes)}`;
  const server = readOnly
    ? error(
        'database',
        `${detail}, read-only: no bars can be stored`,
        'Connect to the primary server, or make the database writable.',
      )
    : major < POSTGRES
      ? error('database', detail, `Update PostgreSQL to version ${POSTGRES}.`)
      : ok('database', detail);
  const connections = `${used} of ${allowed} in use`;
  return [
    server,
    checkClock('clock', 'PostgreSQL', { aheadMs: now - (sentAt + tookMs / 2), toleranceMs: tookMs / 2 }),
    used * 100 < allowed * MANY_CONNECTIONS
      ? ok('connections', connections)
      : warning('connections', connections, 'Raise max_connections, or lower DB_POOL_SIZE of the workers.'),
  ];
}

export function checkSchema({ current, expected, state }: SchemaState): Check {
  const detail = `${current ?? 'empty'}${state === 'current' ? '' : `; this build has ${expected}`}`;
  if (state === 'current') return ok('schema', detail);
  return state === 'older'
    ? error('schema', detail, 'Start Barkeep: the set-up migrates it. Only a backup leads back.')
    : error('schema', detail, 'Update Barkeep: this build is too old for the database.');
}

export interface ContentsOptions {
  /** Wall clock, epoch ms. */
  now: number;
  /** Whether Barkeep should back it up: it is the embedded one, and its bars are real. */
  needsBackups: boolean;
  onProgress: (what: string) => void;
}

/** What only a database with the schema of this build can tell. */
export async function checkContents(pool: pg.Pool, options: ContentsOptions): Promise<Check[]> {
  return [
    await checkDisk(pool, options.now),
    ...(await checkBackups(pool, options)),
    await checkAssets(pool),
    ...(await checkAlerts(pool)),
  ];
}

async function checkDisk(pool: pg.Pool, now: number): Promise<Check> {
  const found = await readDatabaseDisk(pool, now);
  if (!found) return unknown('disk', 'that of the database is out of sight: run this on its machine');
  const { samples, free } = found;
  const loss = dailyLoss(samples);
  const days = daysUntilFull(samples);
  const trend =
    loss === null
      ? 'its growth is known after two days'
      : loss <= 0
        ? 'not filling up'
        : `${bytesInWords(Math.round(loss))} less a day, full in about ${counted(Math.floor(days!), 'day')}`;
  const detail = `${bytesInWords(free)} free, ${trend}`;
  const [condition] = diskConditions(samples, now);
  if (!condition) return ok('disk', detail);
  return (condition.severity === 'critical' ? error : warning)('disk', detail, condition.advice);
}

async function checkBackups(pool: pg.Pool, { now, needsBackups, onProgress }: ContentsOptions): Promise<Check[]> {
  const { words, isProblem, isLate } = await backupState(pool, now);
  if (isProblem)
    return [(isLate ? warning : error)('backups', words, 'docs/backup.md says what to do, under "When it fails".')];
  const archiving = await readArchiving(pool);
  if (!archiving && needsBackups)
    return [
      warning('backups', words, 'Set BACKUP_DIR to a folder on another disk or to a bucket, or use your own tools.'),
    ];
  if (!archiving) return [ok('backups', words)];
  return [ok('backups', words), await checkNewestCopy(archiving.archive, onProgress)];
}

/** Reads every byte of the newest base copy. */
export async function checkNewestCopy(archive: string, onProgress: (what: string) => void): Promise<Check> {
  const name = 'newest base copy';
  try {
    const base = baseOf(await openStore(archive));
    const { copies, unreadable } = await readCopies(base, (await copiesIn(base)).names);
    const newest = copies.at(-1);
    if (unreadable[0] || !newest) throw unreadable[0] ?? new BackupError('there is none');
    onProgress(`Checking the base copy ${newest.name} …`);
    await checkCopy(newest);
    return ok(name, `${newest.name}: every byte is intact`);
  } catch (problem) {
    if (!(problem instanceof BackupError || isOfSystem(problem))) throw problem;
    return error(name, problem.message, 'Take another one: npm run backup. Then npm run backup -- verify.');
  }
}

async function checkAssets(pool: pg.Pool): Promise<Check> {
  const problems = await assetProblems(pool);
  return problems.length === 0
    ? ok('assets', 'every active row can be loaded')
    : warning('assets', problems.map(({ problem }) => problem).join('; '), 'Correct the rows, or retire the assets.');
}

/** What the alerts say, without the consequences of others and what a person asked to be told. */
async function checkAlerts(pool: pg.Pool): Promise<Check[]> {
  const open = await new AlertReader(pool).page({ isOpen: true, limit: SHOWN_ALERTS });
  const alerts = open.filter(({ severity, because }) => severity !== 'notice' && because === null);
  if (alerts.length === 0) return [ok('alerts', 'none is open')];
  return alerts.map(({ kind, subject, severity, message, advice }) =>
    (severity === 'critical' ? error : warning)(`alert ${kind} ${subject}`, message, advice),
  );
}

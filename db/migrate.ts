import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { ASSET_PROBLEM } from './asset-problem.sql.js';
import { connectOnce } from './client.js';
import { applyRoles, type RoleUrls } from './roles.js';
import { causesOf, codeOf } from './unavailable.js';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any constant: processes that migrate at the same time take turns. */
const MIGRATION_LOCK = 7_276_536;
/** How a migration waits for tables that others use. */
const PATIENCE = {
  /** For the lock of one table, ms: everyone else who wants that table waits behind the migration. */
  lockMs: 5_000,
  /** Between two tries, ms: those who waited behind get their turn. */
  pauseMs: 1_000,
  tries: 30,
};
/** SQLSTATEs of a migration that met others: it lost a deadlock against runs, or a long transaction holds its table. */
const CONFLICTS = new Set(['40P01', '55P03']);

interface Journal {
  entries: { when: number; tag: string }[];
}
const journal = (): Journal => JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as Journal;

/**
 * Brings the database to this build's schema, and roles to the rights that they need in it. Idempotent, and safe if several
 * processes do it at the same time, and while others read and write.
 * @param url of the schema's owner
 * @throws RoleError
 * @throws TableLockedError
 */
export async function migrate(url: string, roles: RoleUrls = {}): Promise<void> {
  const client = await connectOnce({ connectionString: url, application_name: 'barkeep-migrate' });
  try {
    // drizzle's migrate() has no lock of its own (drizzle-team/drizzle-orm#874)
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await betweenOthers(client, async () => {
      await runMigrations(drizzle(client), { migrationsFolder: folder });
      await client.query(ASSET_PROBLEM);
      await applyRoles(client, roles);
    });
  } finally {
    await client.end();
  }
}

/** Another session keeps a table locked that a migration changes. The message names who it probably is. */
export class TableLockedError extends Error {
  override readonly name = 'TableLockedError';
}

/**
 * Changes tables that others use. Each step of `change` is atomic and repeatable, so that a conflict costs only another try:
 * a migration takes its locks in another order than runs take theirs.
 * @throws TableLockedError
 */
export async function betweenOthers(
  client: pg.Client,
  change: () => Promise<unknown>,
  { lockMs, pauseMs, tries } = PATIENCE,
): Promise<void> {
  await client.query(`set lock_timeout = ${lockMs}`);
  for (let left = tries; ; left -= 1) {
    try {
      await change();
      return;
    } catch (error) {
      if (!causesOf(error).some((cause) => CONFLICTS.has(codeOf(cause)))) throw error;
      if (left === 1) throw new TableLockedError(await lockedWords(client), { cause: error });
      await delay(pauseMs);
    }
  }
}

/** Names the longest of those that hold a table: which one that is, PostgreSQL says only while somebody waits for it. */
async function lockedWords(client: pg.Client): Promise<string> {
  // what another user's session does is hidden without pg_read_all_stats; its locks are not
  const { rows } = await client.query<{ pid: number; name: string | null; since: string | null }>(
    `select l.pid, coalesce(nullif(a.application_name, ''), a.usename) as name,
       to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as since
     from pg_locks l
     join pg_class c on c.oid = l.relation and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
     left join pg_stat_activity a on a.pid = l.pid
     where l.database = (select oid from pg_database where datname = current_database())
       and l.granted and l.pid is distinct from pg_backend_pid()
     order by a.xact_start nulls last limit 1`,
  );
  const [holder] = rows;
  const since = holder?.since ? `, since ${holder.since} UTC` : '';
  const whose = holder ? `, the longest probably ${holder.name ?? 'that'} with pid ${holder.pid}${since}` : '';
  return (
    `The schema could not be changed: other sessions keep its tables locked${whose}. ` +
    'Let them finish, or end those that are stuck; then start again.'
  );
}

export interface SchemaState {
  /** Name of the newest applied migration, or its time if this build does not know it; null for an empty database. */
  current: string | null;
  expected: string;
  state: 'current' | 'older' | 'newer';
}

/** Compares the database's migrations with this build's. */
export async function schemaState(pool: pg.Pool): Promise<SchemaState> {
  const { entries } = journal();
  const newest = entries.at(-1)!;
  const exists = await pool.query<{ found: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations') as found`,
  );
  if (!exists.rows[0]?.found) return { current: null, expected: newest.tag, state: 'older' };
  const applied = await pool.query<{ at: string | null }>(
    'select max(created_at) as at from drizzle.__drizzle_migrations',
  );
  const at = Number(applied.rows[0]?.at ?? 0);
  const current = entries.find((entry) => entry.when === at)?.tag ?? (at ? new Date(at).toISOString() : null);
  const state = at === newest.when ? 'current' : at < newest.when ? 'older' : 'newer';
  return { current, expected: newest.tag, state };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { ASSET_PROBLEM } from './asset-problem.sql.js';
import { connectOnce } from './client.js';
import { applyRoles, type RoleUrls } from './roles.js';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any constant: processes that migrate at the same time take turns. */
const MIGRATION_LOCK = 7_276_536;

interface Journal {
  entries: { when: number; tag: string }[];
}
const journal = (): Journal => JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as Journal;

/**
 * Brings the database to this build's schema, and roles to the rights that they need in it. Idempotent, and safe if several
 * processes do it at the same time.
 * @param url of the schema's owner
 * @throws RoleError
 */
export async function migrate(url: string, roles: RoleUrls = {}): Promise<void> {
  const client = await connectOnce({ connectionString: url, application_name: 'barkeep-migrate' });
  try {
    // drizzle's migrate() has no lock of its own (drizzle-team/drizzle-orm#874)
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations(drizzle(client), { migrationsFolder: folder });
    await client.query(ASSET_PROBLEM);
    await applyRoles(client, roles);
  } finally {
    await client.end();
  }
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

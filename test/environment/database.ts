import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connect, type Database } from '../../db/client.js';
import type { RoleKind } from '../../db/roles.js';

/** Time to wait for a connection on a busy machine, where a test has nobody to try again. */
const CONNECT_MS = 120_000;

/** A pool of connections for tests. */
export const connectPatiently = (url: string, options: { max?: number } = {}): Database =>
  connect(url, { ...options, connectMs: CONNECT_MS });

/** The URL of a database for one of the roles that test/environment/servers.ts creates. */
export function asRole(url: string, kind: RoleKind): string {
  const changed = new URL(url);
  changed.username = `barkeep_${kind}`;
  changed.password = 'test';
  return changed.href;
}

/** The migrated database of which each test database is a copy: that takes a sixth of the time. Nothing connects to it. */
export const TEMPLATE = 'migrated';

/** Creates a migrated database for one test file, on the server that test/environment starts for all tests. */
export async function createTestDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = process.env.BARKEEP_TEST_DATABASE_URL;
  if (!admin) throw new Error('BARKEEP_TEST_DATABASE_URL is not set: run the tests through `npm test`');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(admin, `create database ${name} template ${TEMPLATE} strategy file_copy`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(admin, `drop database ${name} with (force)`) };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

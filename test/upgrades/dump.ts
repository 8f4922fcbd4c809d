import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { inTransaction } from '../../db/transaction.js';

/*
 * What an earlier version of Barkeep had stored. The schema itself is not in a dump: it is what the migrations up to the one of
 * that version create, which are never edited. Their hashes are in the dump, so that an edited one is noticed.
 */

export interface Dump {
  /** The newest migration of that version, and the hashes of all of its migrations, oldest first. */
  migration: string;
  hashes: string[];
  /** The version: a commit. */
  commit: string;
  /** When it was taken, epoch ms. */
  takenAt: number;
  /** The rows of each table, as JSON of PostgreSQL. */
  tables: Record<string, object[]>;
}

const MIGRATIONS = fileURLToPath(new URL('../../db/migrations', import.meta.url));
const JOURNAL = 'meta/_journal.json';
const DUMPS = fileURLToPath(new URL('./dumps', import.meta.url));
const HIGHEST_LEVEL = 22;
/** Its transaction ids are valid on their own server only (docs/backup.md). */
const LEFT_OUT = 'bar_changes';

interface Journal {
  entries: { tag: string }[];
}

/** The tables, and the columns of each that are not generated. */
async function tablesOf(db: pg.PoolClient): Promise<Map<string, string>> {
  const { rows } = await db.query<{ name: string; columns: string }>(
    `select table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER' and table_name <> $1
    group by table_name order by table_name`,
    [LEFT_OUT],
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

/** All that a database holds, of one instant. */
export async function takeDump(pool: pg.Pool, about: Pick<Dump, 'migration' | 'commit'>): Promise<Dump> {
  return inTransaction(
    pool,
    async (tx) => {
      const { rows } = await tx.query<{ hash: string }>(
        'select hash from drizzle.__drizzle_migrations order by created_at',
      );
      const tables: Dump['tables'] = {};
      for (const [name, columns] of await tablesOf(tx)) {
        const { rows: found } = await tx.query<{ row: object }>(
          `select to_jsonb(t) as row from (select ${columns} from ${name} order by ctid) t`,
        );
        if (found.length > 0) tables[name] = found.map(({ row }) => row);
      }
      return { ...about, hashes: rows.map(({ hash }) => hash), takenAt: Date.now(), tables };
    },
    'isolation level repeatable read',
  );
}

/** Creates the schema of a dump in an empty database, and fills it. */
export async function restoreDump(pool: pg.Pool, dump: Dump): Promise<void> {
  const client = await pool.connect();
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-migrations-'));
  try {
    const { entries, ...journal } = JSON.parse(readFileSync(join(MIGRATIONS, JOURNAL), 'utf8')) as Journal;
    const earlier = entries.slice(0, entries.findIndex(({ tag }) => tag === dump.migration) + 1);
    mkdirSync(join(folder, 'meta'));
    writeFileSync(join(folder, JOURNAL), JSON.stringify({ ...journal, entries: earlier }));
    for (const { tag } of earlier) symlinkSync(join(MIGRATIONS, `${tag}.sql`), join(folder, `${tag}.sql`));
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    client.release();
    rmSync(folder, { recursive: true });
  }
  await inTransaction(pool, async (tx) => {
    await tx.query(`set local session_replication_role = 'replica'`); // no triggers: the rows are as they were
    const columnsOf = await tablesOf(tx);
    for (const [name, rows] of Object.entries(dump.tables)) {
      const columns = columnsOf.get(name)!;
      await tx.query(
        `insert into ${name} (${columns}) overriding system value
        select ${columns} from jsonb_populate_recordset(null::${name}, $1)`,
        [JSON.stringify(rows)],
      );
    }
    await tx.query(
      `select setval(pg_get_serial_sequence(table_name, column_name),
        greatest(1, (xpath('/row/max/text()', query_to_xml(format('select max(%I) from %I', column_name, table_name), false, true, '')))[1]::text::bigint))
      from information_schema.columns where table_schema = 'public' and is_identity = 'YES'`,
    );
  });
}

const fileOf = (migration: string): string => join(DUMPS, `${migration}.json.zst`);

export async function writeDump(dump: Dump): Promise<string> {
  const file = fileOf(dump.migration);
  const params = { [constants.ZSTD_c_compressionLevel]: HIGHEST_LEVEL };
  writeFileSync(file, await promisify(zstdCompress)(JSON.stringify(dump), { params }));
  return file;
}

/** @param migration the newest one of the version, such as `0005_log_changes_by_sql` */
export async function readDump(migration: string): Promise<Dump> {
  return JSON.parse(String(await promisify(zstdDecompress)(readFileSync(fileOf(migration))))) as Dump;
}

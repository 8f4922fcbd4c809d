import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKSUMS } from '../../db/backup/checksums.js';
import { connect } from '../../db/client.js';
import type { SchemaState } from '../../db/migrate.js';
import { DAY } from '../../domain/timeframe.js';
import { announceMigration, isWatched } from '../../worker/before-migration.js';
import { useStore } from '../environment/store.js';
import { temporaryFolder } from '../environment/temporary-folder.js';

const store = useStore();
const SCHEMA: SchemaState = { current: '0023_changeable_sources', expected: '0028_alerts', state: 'older' };
const PAUSE_MS = 50;

/** What is said before a migration, and whether it waited. */
async function announced(
  url: string,
  { isWatched = true, pauseMs = PAUSE_MS } = {},
): Promise<{ lines: string[]; waited: boolean }> {
  const database = connect(url, { max: 1 });
  const lines: string[] = [];
  let lastAt = 0;
  const say = (line: string) => {
    lines.push(line);
    lastAt = performance.now();
  };
  try {
    await announceMigration(database.pool, SCHEMA, { backupKeep: 7, isWatched, say, pauseMs });
    return { lines, waited: performance.now() - lastAt >= PAUSE_MS - 1 };
  } finally {
    await database.close();
  }
}

let url: string;
beforeAll(() => {
  url = store.pool.options.connectionString!;
});

/** The setting with which the embedded server is started. */
async function archiveTo(folder: string): Promise<void> {
  const { rows } = await store.pool.query<{ name: string }>('select current_database() as name');
  await store.pool.query(`alter database ${rows[0]!.name} set barkeep.archive = '${folder}'`);
}

describe('before a migration', () => {
  it('is said that it cannot be undone, and without backups it can be stopped', async () => {
    const { lines, waited } = await announced(url);
    expect(lines).toEqual([
      expect.stringMatching(/^Updating the database from 0023_\w+ to 0028_\w+\. This cannot be undone/),
      expect.stringMatching(/^Barkeep takes no backups of this database\. To back up first, stop this within/),
    ]);
    expect(waited).toBe(true);
  });

  it('is said, too, but nothing waits, where nobody reads it in time', async () => {
    const { lines } = await announced(url, { isWatched: false, pauseMs: DAY });
    expect(lines[1]).toBe('Barkeep takes no backups of this database (docs/backup.md).');
  });

  it('somebody reads it with `npm start` and in a terminal, but not in a container', () => {
    const [terminal, log] = [{ isTTY: true }, {}];
    expect(isWatched({ send: () => true, stderr: log })).toBe(true);
    expect(isWatched({ stderr: terminal })).toBe(true);
    expect(isWatched({ stderr: log })).toBe(false);
  });

  it('is said which instant leads back, if the database is backed up', async () => {
    const archive = temporaryFolder();
    const copy = join(archive, 'base', '2026-11-30T09-46-03Z');
    mkdirSync(copy, { recursive: true });
    writeFileSync(join(copy, CHECKSUMS), '');
    mkdirSync(join(archive, 'wal'));
    await archiveTo(archive);
    const before = Date.now();
    const { lines } = await announced(url);
    const instant = /--at (\S+)$/.exec(lines[1]!)![1]!;
    expect(Math.abs(Date.parse(instant) - before)).toBeLessThan(60_000);
    expect(lines).toHaveLength(2);
  });

  it('waits, too, if no base copy can be taken', async () => {
    await archiveTo('/nowhere');
    const { lines, waited } = await announced(url);
    expect(lines.at(-1)).toMatch(/^No base copy could be taken or read: .*\. To back up first/);
    expect(waited).toBe(true);
  });
});

describe('a version that is older than the schema', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = (script: string): Promise<{ code: number | string; output: string }> =>
    new Promise((resolve) => {
      const env = {
        ...{ PATH: process.env.PATH, NODE_NO_WARNINGS: '1', LOG_LEVEL: 'silent', METRICS_PORT: '0' },
        ...{
          DATABASE_URL: url,
          TEMPORAL_ADDRESS: process.env.BARKEEP_TEST_TEMPORAL_ADDRESS,
          DATA_DIR: temporaryFolder(),
        },
      };
      execFile(process.execPath, [`dist/${script}.js`], { cwd: root, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}`.trim() }),
      );
    });

  it.each(['worker/setup', 'worker/main'])('refuses to work in words, and changes nothing: %s', async (script) => {
    const later = Date.UTC(2100, 0, 1);
    await store.pool.query(
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('of a later version', $1)`,
      [later],
    );
    try {
      const { code, output } = await run(script);
      expect(output).toMatch(
        /^The database schema \(2100-01-01T00:00:00\.000Z\) is newer than .*Update Barkeep; or go back/,
      );
      expect(output.split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    } finally {
      await store.pool.query('delete from drizzle.__drizzle_migrations where created_at = $1', [later]);
    }
  });
});

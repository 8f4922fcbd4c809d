import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../cli/embedded/postgres.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { chooseCopy } from '../../cli/restore/choose-copy.js';
import { type RestoreRequest, restoreDataFolder } from '../../cli/restore/restore-data-folder.js';
import { DATABASE_OF } from '../../cli/start/market.js';
import { readEnv } from '../../config/env.js';
import { baseOf, checkArchive, pruneArchive, readArchiving, readCopies, walOf } from '../../db/backup/archive.js';
import { copiesIn } from '../../db/backup/base-copy.js';
import { FolderStore } from '../../db/backup/folder-store.js';
import { takeBackup } from '../../db/backup/take-backup.js';
import { archivedWal } from '../../db/backup/wal-files.js';
import { isSegment } from '../../db/backup/wal-segments.js';
import { connect, connectOnce } from '../../db/client.js';
import { temporaryFolder } from '../environment/temporary-folder.js';
import { baseFolderOf, type Backups, FAST, makeBackups, rowsOf, walFolderOf, walProgram } from './backup-fixture.js';

const folder = temporaryFolder();
let made: Backups;
beforeAll(async () => {
  made = await makeBackups();
});

/** @param change what differs from a restore of all that is archived */
function restore(name: string, change: Partial<RestoreRequest> = {}) {
  const target = join(folder, name);
  const lines: string[] = [];
  const restored = restoreDataFolder({
    ...{
      backups: new FolderStore(made.folder),
      target,
      from: null,
      at: null,
      env: readEnv({}),
      program: walProgram('fetch-wal'),
      settings: FAST,
    },
    ...{ report: (line) => lines.push(line), onProgress: () => undefined, signal: new AbortController().signal },
    ...change,
  });
  return { target, lines, restored };
}

/** What a restored folder holds, by the server that `npm start` starts on it. */
async function rowsIn(target: string): Promise<string> {
  const logFile = new LogFile(join(folder, 'restored.log'));
  const server = await startPostgres({ dataDir: target, logFile, settings: FAST });
  const client = await connectOnce({ connectionString: server.url(DATABASE_OF.sandbox) });
  try {
    await client.query(`insert into written (content) values ('writable')`);
    await client.query(`delete from written where content = 'writable'`);
    return await rowsOf(client);
  } finally {
    await client.end();
    await server.stop(5_000);
  }
}

/** A copy of the backups. */
function copied(name: string) {
  const backupDir = join(folder, name);
  cpSync(made.folder, backupDir, { recursive: true });
  const archive = join(backupDir, basename(made.archive));
  return { backups: new FolderStore(backupDir), archive, store: new FolderStore(archive) };
}

/** A copy of the backups in which a byte of a file is another. */
async function damaged(name: string, file: (archive: string) => string | Promise<string>) {
  const copy = copied(name);
  const path = await file(copy.archive);
  const content = readFileSync(path);
  content[Math.floor(content.length / 2)]! ^= 1;
  writeFileSync(path, content);
  return { ...copy, file: path };
}
const newestCopy = (inside: string) => join(baseFolderOf(inside), readdirSync(baseFolderOf(inside)).sort().at(-1)!);
const segments = async (inside: string) =>
  [...(await archivedWal(walOf(new FolderStore(inside))))]
    .filter(([name]) => isSegment(name))
    .map(([name, entry]): [string, string] => [name, join(walFolderOf(inside), entry.name)]);
const lastSegment = async (inside: string) => (await segments(inside)).at(-1)![1];

describe('a restored data folder', () => {
  it('holds all that was archived before its server was killed, and every bar in it is explained', async () => {
    const { target, restored } = restore('newest');
    const { proofs, lastCommitAt } = await restored;
    const secrets = ['admin-token', 'postgres-password', 'read-token'];
    expect(readdirSync(target).sort()).toEqual(['barkeep.json', 'closures.json', 'postgres', ...secrets].sort());
    for (const name of secrets) expect([name, statSync(join(target, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(statSync(join(target, 'postgres')).mode & 0o777).toBe(0o700);
    expect(await rowsIn(target)).toBe(made.end.rows);
    expect(Math.abs(lastCommitAt!.getTime() - made.end.at)).toBeLessThan(60_000);
    expect(proofs).toEqual([{ mode: 'sandbox', unexplained: 0, line: expect.stringContaining('0 unexplained') }]);
  });

  it('holds what was committed at an instant, and nothing later', async () => {
    // the first of the late ones is restored below
    for (const { at, rows } of [...made.early, ...made.late.slice(1)]) {
      const { target, restored } = restore(`at-${at}`, { at });
      const { copy } = await restored;
      expect([at, await rowsIn(target)]).toEqual([at, rows]);
      expect(Date.parse(copy.finishedAt)).toBeLessThanOrEqual(at);
    }
  });
});

describe('a backup', () => {
  it('can be read by its owner only', () => {
    for (const entry of readdirSync(made.archive, { recursive: true, withFileTypes: true })) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect([entry.name, mode]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
    }
  });

  it('is whole, byte by byte', async () => {
    expect(await checkArchive(new FolderStore(made.archive), () => undefined)).toEqual([]);
  });

  it.each<[string, (inside: string) => string | Promise<string>]>([
    ['the base copy', (inside) => join(newestCopy(inside), 'base.tar.zst')],
    ['the list of its files', (inside) => join(newestCopy(inside), 'backup_manifest')],
    ['its checksums', (inside) => join(newestCopy(inside), 'SHA256SUMS')],
    ['a password', (inside) => join(newestCopy(inside), 'data-folder', 'postgres-password')],
    ['a segment of the write-ahead log', lastSegment],
  ])('with a flipped byte in %s is found out and named, and nothing is restored', async (_, choose) => {
    const { backups, store, file } = await damaged(`flipped-${Math.random()}`, choose);
    const target = `${basename(backups.location)}-restored`;
    expect(await checkArchive(store, () => undefined)).toEqual([expect.stringContaining(basename(file))]);
    await expect(restore(target, { backups }).restored).rejects.toThrow(
      new RegExp(`${basename(file)}[^]*--(from|at)`), // what to do instead
    );
    expect(readdirSync(folder).filter((name) => name.startsWith(target))).toEqual([]);
  });

  it('with a damaged base copy keeps the others, which a restore names and can begin with', async () => {
    const { backups, archive: inside, store } = copied('one-of-two-copies');
    const base = baseOf(store);
    rmSync(join(newestCopy(inside), 'backup.json'));
    renameSync(newestCopy(inside), join(baseFolderOf(inside), '2100-01-01T00-00-00Z'));
    const [oldest, newest] = (await copiesIn(base)).names as [string, string];
    expect(await readCopies(base, [oldest, newest])).toEqual({
      copies: [expect.objectContaining({ name: oldest })],
      unreadable: [expect.objectContaining({ message: expect.stringContaining(newest) })],
    });
    const from = `${basename(inside)}/${oldest}`;
    await expect(chooseCopy(backups, null, null)).rejects.toThrow(`Begin with an earlier base copy: --from ${from}`);
    expect((await chooseCopy(backups, from, null)).copy.name).toBe(oldest);
    expect((await chooseCopy(backups, null, made.early[0]!.at)).copy.name).toBe(oldest);
    expect((await pruneArchive(store, 1)).copies).toBe(0);
    expect((await copiesIn(base)).names).toEqual([oldest, newest]);
  });

  it('without one of its segments is not taken for a shorter one', async () => {
    const { backups, archive: inside, store } = copied('gap');
    const [name, file] = (await segments(inside)).at(-2)!;
    rmSync(file);
    expect(await checkArchive(store, () => undefined)).toEqual([expect.stringContaining(`${name} is missing`)]);
    await expect(restore('gap-restored', { backups }).restored).rejects.toThrow(`${name} is missing`);
  });

  it('beyond its retention keeps what the kept base copies need, and all before a damaged segment can be restored', async () => {
    const { backups, store, file } = await damaged('late-damage', lastSegment);
    expect((await pruneArchive(store, 2)).copies).toBe(0);
    const { copies, walFiles } = await pruneArchive(store, 1);
    expect([copies, walFiles > 0]).toEqual([1, true]);
    expect(await pruneArchive(store, 1)).toEqual({ copies: 0, walFiles: 0 });
    const { at, rows } = made.late[0]!;
    const { target, restored } = restore('before-damage', { backups, at });
    await restored;
    expect(await rowsIn(target)).toBe(rows);
    await expect(restore('after-damage', { backups, at: made.end.at + 60_000 }).restored).rejects.toThrow(
      basename(file),
    );
    await expect(restore('too-early', { backups, at: made.early[0]!.at }).restored).rejects.toThrow(
      /no earlier one to begin with/,
    );
  });
});

it('a backup succeeds although what is past its retention cannot be deleted, and says so', () => {
  expect(made.notPruned).toContain(walFolderOf(made.archive));
});

describe('a restore is refused', () => {
  it('into a folder that is not empty', async () => {
    await expect(restore('', {}).restored).rejects.toThrow('is not empty');
  });

  it('to an instant that is not archived, and names the last that is', async () => {
    const { target, restored } = restore('future', { at: made.end.at + 3_600_000 });
    await expect(restored).rejects.toThrow(/archive ends before .*: the last commit is of \d{4}-/);
    expect(existsSync(target)).toBe(false);
  });

  it('if the archive is not clear', async () => {
    const backupDir = join(folder, 'two');
    cpSync(made.archive, join(backupDir, 'first'), { recursive: true });
    cpSync(made.archive, join(backupDir, 'second'), { recursive: true });
    const backups = new FolderStore(backupDir);
    await expect(restore('one-of-two', { backups }).restored).rejects.toThrow(
      /several archives.*\n.*first.*\n.*second/s,
    );
    await expect(restore('third', { backups, from: 'third' }).restored).rejects.toThrow('third is neither');
    await expect(restore('empty', { backups: new FolderStore(join(folder, 'nowhere')) }).restored).rejects.toThrow(
      'There is no folder',
    );
  });
});

describe('a backup is refused', () => {
  it('while another is being taken', () => {
    expect(made.refusals.second).toBe('BackupError: A backup is being taken already');
  });

  it('if a page of the database is damaged on its disk, and the file is named', () => {
    expect(made.refusals.damaged).toMatch(
      /^BackupError: The database itself is damaged: .* in file ".*base\/\d+\/\d+", block 0/,
    );
    expect(readdirSync(baseFolderOf(made.archive))).toHaveLength(2);
  });

  it('if nothing gets to the archive, which readiness and the doctor report', () => {
    expect(made.refusals.notArchived).toMatch(/^BackupError: The write-ahead log does not get to the archive/);
    expect(made.stateWithoutArchive).toEqual({
      isProblem: true,
      words: expect.stringMatching(/^since .*, nothing gets to /),
    });
  });

  it('by a server without an archive', async () => {
    const database = connect(process.env.BARKEEP_TEST_DATABASE_URL!, { max: 1 });
    try {
      expect(await readArchiving(database.pool)).toBeNull();
      await expect(takeBackup(database.pool, { keep: 1 })).rejects.toThrow('start `npm start` with BACKUP_DIR');
    } finally {
      await database.close();
    }
  });
});

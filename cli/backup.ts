import { resolve } from 'node:path';
import type pg from 'pg';
import { readEnv } from '../config/env.js';
import { archivesIn, archivedUntil, baseOf, checkArchive, readArchiving, readCopies } from '../db/backup/archive.js';
import { copiesIn } from '../db/backup/base-copy.js';
import { BackupError, isOfSystem } from '../db/backup/errors.js';
import { openStore } from '../db/backup/open-store.js';
import type { Store } from '../db/backup/store.js';
import { takeBackup } from '../db/backup/take-backup.js';
import { bytesInWords } from '../domain/bytes-in-words.js';
import { counted } from '../domain/in-words.js';
import { SECOND } from '../domain/timeframe.js';
import { formerArchives, formerInWords } from './backup/former-archives.js';
import { keptCopies } from './backup/kept-copies.js';
import { backupAction, command } from './backup/options.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { withStackDatabase } from './lib/stack-database.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';
import { backupLocation, knownArchive, placeOf } from './start/backup-archive.js';
import { stopRequests } from './start/stop-requests.js';

const terminal = new Terminal();
const CONNECTION = { name: 'barkeep-backup', max: 1 };

/** `npm run backup`. @returns the exit code */
async function main(): Promise<number> {
  const action = backupAction(process.argv.slice(2));
  if (!action) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  try {
    if (action === 'take') return await withStackDatabase({ ...CONNECTION, otherwise: null }, ({ pool }) => take(pool));
    const backups = await backupStore();
    const archives = (await archivesIn(backups)).map((name) => backups.in(name));
    return await (action === 'list' ? list(archives) : verify(archives));
  } catch (error) {
    throw error instanceof BackupError || isOfSystem(error) ? new UserError(`${error.message}.`) : error;
  }
}

async function take(pool: pg.Pool): Promise<number> {
  const { stop: signal } = stopRequests();
  const started = performance.now();
  const taken = await takeBackup(pool, {
    keep: keptCopies(readEnv()),
    onProgress: (bytes, total) => {
      const percent = total > 0 ? `, ${Math.min(100, Math.floor((100 * bytes) / total))} %` : '';
      terminal.update(`Copying: ${bytesInWords(bytes)}${percent}`);
    },
    onCheck: () => terminal.update('Checking what was written …'),
    signal,
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return null;
  });
  terminal.update('');
  if (!taken) {
    terminal.line('Interrupted. No copy was taken.');
    return EXIT.interrupted;
  }
  const { location, bytes, copyBytes, droppedCopies, notPruned } = taken;
  const seconds = ((performance.now() - started) / SECOND).toFixed(1);
  terminal.line(
    `${location}: ${bytesInWords(bytes)} compressed to ${bytesInWords(copyBytes)} and checked in ${seconds} s.`,
  );
  if (droppedCopies > 0)
    terminal.line(`Deleted ${counted(droppedCopies, 'older base copy', 'older base copies')} (BACKUP_KEEP).`);
  if (notPruned !== null) terminal.line(terminal.colour('yellow', `Older ones could not be deleted: ${notPruned}.`));
  return EXIT.ok;
}

/** BACKUP_DIR, or the place to which the running `npm start` archives. */
async function backupStore(): Promise<Store> {
  const { BACKUP_DIR } = readEnv();
  if (BACKUP_DIR) return openStore(backupLocation(BACKUP_DIR));
  return withStackDatabase({ ...CONNECTION, otherwise: 'BACKUP_DIR' }, async ({ pool }) => {
    const archiving = await readArchiving(pool);
    if (archiving) return openStore(placeOf(archiving.archive).backups);
    throw new BackupError('BACKUP_DIR is not set, and no running `npm start` archives. See docs/backup.md');
  });
}

async function list(archives: readonly Store[]): Promise<number> {
  for (const archive of archives) {
    terminal.line(terminal.colour('bold', archive.location));
    const base = baseOf(archive);
    const { copies, unreadable } = await readCopies(base, (await copiesIn(base)).names);
    for (const { name, copyBytes, bytes } of copies)
      terminal.line(`  ${name}  ${bytesInWords(copyBytes).padStart(9)}, of ${bytesInWords(bytes)}`);
    for (const { message } of unreadable) terminal.line(`  ${terminal.colour('red', message)}`);
    const until = await archivedUntil(archive);
    const [oldest] = copies;
    terminal.line(
      oldest && until
        ? `  Any instant from ${oldest.finishedAt} to about ${until.toISOString()} can be restored.`
        : '  Nothing can be restored: it has no base copy that can be read.',
    );
  }
  if (archives.length === 0) terminal.line('There are no backups yet.');
  const known = knownArchive(resolve(readEnv().DATA_DIR));
  const isListed = archives.some(({ location }) => location === known);
  const former = known !== null && isListed ? await formerArchives(known) : [];
  for (const line of formerInWords(former)) terminal.line(line);
  return EXIT.ok;
}

async function verify(archives: readonly Store[]): Promise<number> {
  let faults = 0;
  if (archives.length === 0) throw new BackupError('There are no backups yet: there is nothing to verify');
  for (const archive of archives) {
    const { location } = archive;
    const found = await checkArchive(archive, (copy) => terminal.update(`Checking ${location}/base/${copy} …`));
    terminal.update('');
    faults += found.length;
    for (const fault of found) terminal.line(terminal.colour('red', fault));
    const copies = counted((await copiesIn(baseOf(archive))).names.length, 'base copy', 'base copies');
    if (found.length === 0) terminal.line(`${location}: ${copies} and the WAL after it: every byte is intact.`);
  }
  return faults === 0 ? EXIT.ok : EXIT.failed;
}

await runCommand(terminal, main);

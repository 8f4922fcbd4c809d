import { resolve } from 'node:path';
import { readEnv } from '../config/env.js';
import { BackupError, isOfSystem } from '../db/backup/errors.js';
import { openStore } from '../db/backup/open-store.js';
import { SECOND } from '../domain/timeframe.js';
import { EXIT } from './lib/exit-codes.js';
import { runCommand } from './lib/run-command.js';
import { Terminal } from './lib/terminal.js';
import { UserError } from './lib/user-error.js';
import { command, restoreOptions } from './restore/options.js';
import { type Restored, restoreDataFolder } from './restore/restore-data-folder.js';
import { backupLocation } from './start/backup-archive.js';
import { stopRequests } from './start/stop-requests.js';

const terminal = new Terminal();

/** `npm run restore`. @returns the exit code */
async function main(): Promise<number> {
  const options = restoreOptions(process.argv.slice(2));
  if (!options) {
    terminal.line(command.help);
    return EXIT.ok;
  }
  const { into, from, at } = options;
  const env = readEnv();
  if (!env.BACKUP_DIR) throw new UserError('Set BACKUP_DIR to the folder or the bucket with the backups.', EXIT.usage);
  const { stop: signal } = stopRequests();
  const target = resolve(into);
  const started = performance.now();
  try {
    const restored = await restoreDataFolder({
      ...{ backups: await openStore(backupLocation(env.BACKUP_DIR)), target, from, at, env, signal },
      report: terminal.line,
      onProgress: (step) => terminal.update(step),
    });
    terminal.update('');
    return report(restored, target, performance.now() - started);
  } catch (error) {
    if (signal.aborted) {
      terminal.line('Interrupted. Nothing was restored.');
      return EXIT.interrupted;
    }
    if (!(error instanceof BackupError || isOfSystem(error))) throw error;
    throw new UserError(`${error.message}.\nNothing was restored.`);
  }
}

/** @returns the exit code */
function report({ copy, lastCommitAt, proofs }: Restored, target: string, elapsedMs: number): number {
  const asOf = lastCommitAt ? `, up to the commit of ${lastCommitAt.toISOString()}` : '';
  const seconds = (elapsedMs / SECOND).toFixed(1);
  terminal.line(terminal.colour('bold', `Restored ${copy.name} into ${target}${asOf}, in ${seconds} s.`));
  for (const { line } of proofs ?? []) terminal.line(line);
  const isSound = proofs?.every(({ unexplained }) => unexplained === 0) ?? false;
  if (!isSound)
    terminal.line(
      terminal.colour(
        'yellow',
        `${proofs === null ? 'The restored bars could not be checked (see above).' : 'Some restored bars are unexplained.'} ` +
          'Start Barkeep on this folder, then run `npm run doctor`.',
      ),
    );
  const mode = proofs?.length === 1 ? ` -- --${proofs[0]!.mode}` : '';
  terminal.line(`Start it with:\n  DATA_DIR=${target} npm start${mode}`);
  return isSound ? EXIT.ok : EXIT.failed;
}

await runCommand(terminal, main);

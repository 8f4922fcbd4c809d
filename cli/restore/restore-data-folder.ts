import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../../config/env.js';
import type { BaseCopy } from '../../db/backup/base-copy.js';
import type { Store } from '../../db/backup/store.js';
import { SECOND } from '../../domain/timeframe.js';
import { UserError } from '../lib/user-error.js';
import { chooseCopy, type ChosenCopy } from './choose-copy.js';
import { type Proof, proveRestored } from './prove.js';
import { recover, type RecoverOptions } from './recover.js';

const STOP_GRACE_MS = 60 * SECOND;

export interface RestoreRequest extends Omit<RecoverOptions, keyof ChosenCopy | 'dataDir'> {
  /** BACKUP_DIR. */
  backups: Store;
  /** Absolute path. */
  target: string;
  /** Name of a base copy or an archive; null: the newest copy that fits. */
  from: string | null;
  env: Env;
  /** Told the steps of the check of the restored bars. */
  onProgress: (step: string) => void;
}

export interface Restored {
  copy: BaseCopy;
  /** When the last restored transaction was committed; null if it was before the base copy. */
  lastCommitAt: Date | null;
  /** One for each market; null if the bars could not be checked, and why was reported. */
  proofs: Proof[] | null;
}

/**
 * Restores a backup into a data folder that is new: made beside its place, and moved there once every byte has been checked
 * and replayed. What the proof of its bars finds is returned, and is no reason to withhold them.
 * @throws UserError, BackupError; there is no new folder then
 */
export async function restoreDataFolder(request: RestoreRequest): Promise<Restored> {
  const { backups, target, from, at, signal } = request;
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new UserError(`${target} is not empty. Restore into a folder that is empty or does not exist yet.`);
  const chosen = await chooseCopy(backups, from, at);
  const dataDir = `${target}.restoring-${process.pid}`;
  try {
    const { server, lastCommitAt } = await recover({ ...request, ...chosen, dataDir });
    let proofs: Proof[] | null;
    try {
      proofs = await provedOrReported(request, () =>
        proveRestored(server, { ...request.env, DATA_DIR: dataDir }, request.onProgress),
      );
    } finally {
      await server.stop(STOP_GRACE_MS);
    }
    signal.throwIfAborted();
    for (const leftover of ['wal', 'logs']) rmSync(join(dataDir, leftover), { recursive: true });
    if (existsSync(target)) rmdirSync(target);
    renameSync(dataDir, target);
    return { copy: chosen.copy, lastCommitAt, proofs };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What cannot be checked can be restored all the same, such as a schema of an earlier build: the next start migrates it. */
async function provedOrReported({ report }: RestoreRequest, prove: () => Promise<Proof[]>): Promise<Proof[] | null> {
  report('Checking the restored bars …');
  try {
    return await prove();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report(error.message);
    return null;
  }
}

import { resolve } from 'node:path';
import type { Env } from '../../config/env.js';
import { readRuntime } from '../lib/runtime-file.js';

/** How many base copies to keep: as the running `npm start` says, whatever this shell has in BACKUP_KEEP. */
export const keptCopies = ({ DATA_DIR, BACKUP_KEEP }: Env): number =>
  readRuntime(resolve(DATA_DIR))?.backupKeep ?? BACKUP_KEEP;

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../lib/lock-file.js';
import { readRuntime } from '../lib/runtime-file.js';
import { UserError } from '../lib/user-error.js';

const MARKER = 'barkeep.json';
const VERSION = 1;
/** What a system may have put into a folder that is empty for its user. */
const NOISE = new Set(['.DS_Store', 'lost+found']);
const ANOTHER = 'Set DATA_DIR to another folder: one that is empty or does not exist yet.';

/**
 * Makes sure that a folder is ours to write into: a missing or an empty one becomes ours, one of ours has our marker.
 * @throws UserError on any other folder, on another version's, and where it cannot be written
 */
export function claimDataFolder(folder: string): void {
  try {
    // as root PostgreSQL runs as another user, who must be able to pass; what is secret inside is 0600
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const entries = readdirSync(folder).filter((entry) => !NOISE.has(entry));
    if (entries.length === 0) return writeFileSync(join(folder, MARKER), `${JSON.stringify({ version: VERSION })}\n`);
    if (!entries.includes(MARKER)) throw new UserError(`${folder} holds files that are not Barkeep's. ${ANOTHER}`);
    const { version } = JSON.parse(readFileSync(join(folder, MARKER), 'utf8')) as { version: number };
    if (version !== VERSION)
      throw new UserError(
        `${folder} is of another version of Barkeep (its data version: ${version}, ours: ${VERSION}). ${ANOTHER}`,
      );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${folder} cannot be used as data folder: ${(error as Error).message}. ${ANOTHER}`);
  }
}

/**
 * Takes the folder's lock, so that one start at a time works on it.
 * @returns releases it
 * @throws UserError with pid and addresses of the start that holds it
 */
export async function lockDataFolder(folder: string): Promise<() => void> {
  const lock = await takeLock(join(folder, 'start.lock'));
  if (lock.held) return lock.release;
  const running = readRuntime(folder);
  const where = running ? `, API ${running.api}, Temporal UI ${running.temporalUi ?? '-'}` : ', still starting';
  throw new UserError(
    `Barkeep runs already on ${folder} (pid ${lock.by}${where}).\n` +
      'Stop that one first (Ctrl-C there), or set DATA_DIR, PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT and METRICS_PORT to run a second one.',
  );
}

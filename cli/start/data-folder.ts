import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFullAdvice } from '../lib/disk-full.js';
import { takeLock } from '../lib/lock-file.js';
import { readRuntime } from '../lib/runtime-file.js';
import { UserError } from '../lib/user-error.js';

const MARKER = 'barkeep.json';
const VERSION = 1;
/** Files that the system may create in a folder that looks empty to its user. */
const NOISE = new Set(['.DS_Store', 'lost+found']);
/** What the system says of a path that is no folder to write to. */
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ELOOP', 'ENAMETOOLONG']);
const ANOTHER = 'Set DATA_DIR to a folder that is empty or does not exist yet.';

/**
 * Makes sure that a folder is ours to write to: one that is missing or empty becomes ours, and ours has a marker file.
 * @throws UserError if the folder has other files, belongs to another version, or cannot be written
 */
export function claimDataFolder(folder: string): void {
  try {
    // if we are root, PostgreSQL runs as another user, who must be able to enter; secrets inside are 0600
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const entries = readdirSync(folder).filter((entry) => !NOISE.has(entry));
    const marker = join(folder, MARKER);
    // a marker without content is that of a start that found the disk full
    if (entries.length === 0 || (entries.includes(MARKER) && readFileSync(marker, 'utf8') === ''))
      return writeFileSync(marker, `${JSON.stringify({ version: VERSION })}\n`);
    if (!entries.includes(MARKER)) throw new UserError(`${folder} contains files other than Barkeep's. ${ANOTHER}`);
    const version = versionIn(marker);
    if (version !== VERSION)
      throw new UserError(
        `${folder} belongs to another version of Barkeep (data version ${version}; this build uses ${VERSION}). ${ANOTHER}`,
      );
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { message, code = '' } = error as NodeJS.ErrnoException;
    const writable = NOT_WRITABLE.has(code) ? 'Set DATA_DIR to a folder that can be written.' : null;
    const advice = diskFullAdvice(message) ?? writable;
    throw new UserError([`Cannot use ${folder} as data folder: ${message}.`, advice].filter(Boolean).join(' '));
  }
}

function versionIn(marker: string): number {
  const text = readFileSync(marker, 'utf8');
  try {
    const { version } = JSON.parse(text) as { version: unknown };
    if (typeof version === 'number') return version;
  } catch {
    // said below
  }
  throw new UserError(
    `${marker}, which marks the folder as Barkeep's, is damaged. If the data beside it is Barkeep's, ` +
      `replace the content of this file by {"version":${VERSION}} and start again: the data stays.`,
  );
}

/**
 * Takes the folder's lock, so that only one start at a time uses it.
 * @returns a function that releases the lock
 * @throws UserError with the pid and addresses of the start that holds it
 */
export async function lockDataFolder(folder: string): Promise<() => void> {
  const lock = await takeLock(join(folder, 'start.lock'));
  if (lock.held) return lock.release;
  const running = readRuntime(folder);
  const where = running ? `, API ${running.api}, Temporal UI ${running.temporalUi ?? '-'}` : ', still starting';
  throw new UserError(
    `Barkeep is already running on ${folder} (pid ${lock.by}${where}).\n` +
      'Stop it with Ctrl-C, or set DATA_DIR, PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT and METRICS_PORT to run a second one.',
  );
}

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';

const MODULE = fileURLToPath(new URL('./prepare-lock.mjs', import.meta.url));
type WithLock = (path: string, work: () => Promise<void>) => Promise<void>;
/** Writes `+` and `-` around its work: without the lock they would mix. */
const PROGRAM = `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as delay } from 'node:timers/promises';
  const { withLock } = await import(process.argv[1]);
  const [, , lock, log] = process.argv;
  await withLock(lock, async () => { appendFileSync(log, '+'); await delay(30); appendFileSync(log, '-'); });`;

const run = (lock: string, log: string) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, MODULE, lock, log]);

describe('the lock around installing and building', () => {
  it('admits one command at a time, and takes over from a holder that was killed', async () => {
    const folder = temporaryFolder();
    const [lock, log] = [join(folder, 'lock'), join(folder, 'log')];
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(2 ** 22 + 1));
    await Promise.all(Array.from({ length: 4 }, () => run(lock, log)));
    expect(readFileSync(log, 'utf8')).toBe('+-+-+-+-');
  });

  it('does not end a command if someone deletes it', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const { withLock } = (await import(MODULE)) as { withLock: WithLock };
    vi.useFakeTimers();
    try {
      await withLock(lock, () => {
        rmSync(lock, { recursive: true });
        vi.advanceTimersByTime(10_000);
        return Promise.resolve();
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

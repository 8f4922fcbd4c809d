import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';

const MODULE = fileURLToPath(new URL('./prepare-lock.mjs', import.meta.url));
interface Lock {
  withLock: (path: string, work: () => Promise<void>) => Promise<void>;
  keepLockFor: (pid: number) => () => void;
}
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

  it.each([
    ['has ended', () => [String(2 ** 22 + 1), 0]],
    ['had a pid that is another program’s now', () => [`${process.pid}\nanother start`, 0]],
    ['hangs', () => [String(process.pid), 16 * 60]],
  ] as [string, () => [string, number]][])('does not wait for a program that %s', async (_, program) => {
    const folder = temporaryFolder();
    const [lock, log] = [join(folder, 'lock'), join(folder, 'log')];
    const [content, age] = program();
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(2 ** 22 + 1));
    writeFileSync(join(lock, 'program'), content);
    const touched = Date.now() / 1_000 - age;
    utimesSync(lock, touched, touched);
    const { stdout } = await run(lock, log);
    expect([stdout, readFileSync(log, 'utf8')]).toEqual(['', '+-']);
  });

  it('forgets a program that has ended', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const { withLock, keepLockFor } = (await import(MODULE)) as Lock;
    const program = () => existsSync(join(lock, 'program'));
    await withLock(lock, () => {
      const ended = keepLockFor(process.pid);
      expect(program()).toBe(true);
      ended();
      expect(program()).toBe(false);
      return Promise.resolve();
    });
  });

  it('does not end a command if someone deletes it', async () => {
    const lock = join(temporaryFolder(), 'lock');
    const { withLock } = (await import(MODULE)) as Lock;
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

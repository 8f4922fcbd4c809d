import { existsSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { LogFile } from './log-file.js';

/** Every write to it fails as on a full disk (Linux). */
const FULL = '/dev/full';

function follow(path: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const log = new LogFile(path);
  log.follow({ stdout, stderr });
  return { log, stdout, stderr };
}

describe('the log of a child process', () => {
  it('is rotated at 10 MB', () => {
    const path = join(temporaryFolder(), 'child.log');
    new LogFile(path).close();
    truncateSync(path, 10 * 1024 * 1024 + 1);
    const { stdout, log } = follow(path);
    stdout.write('new\n');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(existsSync(`${path}.1`)).toBe(true);
  });

  (existsSync(FULL) ? it : it.skip)('drops what a full disk refuses, and keeps the last lines of stderr', () => {
    const path = join(temporaryFolder(), 'child.log');
    symlinkSync(FULL, path);
    const { log, stderr } = follow(path);
    expect(() => stderr.write('no space left\n')).not.toThrow();
    expect(log.takeErrors()).toBe('no space left');
    log.close();
  });
});

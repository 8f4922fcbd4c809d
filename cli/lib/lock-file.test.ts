import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';
import { takeLock } from './lock-file.js';
import { processIdentity } from './processes.js';

describe('a lock file', () => {
  it('has one holder at a time, and is free after its release', async () => {
    const path = join(temporaryFolder(), 'lock');
    const first = await takeLock(path);
    expect(await takeLock(path)).toEqual({ held: false, by: process.pid });
    if (first.held) first.release();
    expect(await takeLock(path)).toMatchObject({ held: true });
  });

  it.each([
    ['whose pid is gone', { pid: 2 ** 22 + 1, identity: 'x' }],
    ['whose pid belongs to a later process', { pid: process.pid, identity: `not ${processIdentity(process.pid)}` }],
  ])('is taken over from a holder %s', async (_, holder) => {
    const path = join(temporaryFolder(), 'lock');
    writeFileSync(path, JSON.stringify(holder));
    expect(await takeLock(path)).toMatchObject({ held: true });
  });

  it('is taken over if a crash left it empty', async () => {
    const path = join(temporaryFolder(), 'lock');
    writeFileSync(path, '');
    expect(await takeLock(path)).toMatchObject({ held: true });
  });
});

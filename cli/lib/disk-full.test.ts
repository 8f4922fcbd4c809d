import { expect, it } from 'vitest';
import { diskFullAdvice, withDiskFullAdvice } from './disk-full.js';

it.each([
  ['ENOSPC: no space left on device, write', /^The disk is full\. Free some space, or set DATA_DIR/],
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', /^The disk is full/],
  ['unable to open database: database or disk is full (13)', /^The disk is full/],
  ['EDQUOT: disk quota exceeded, write', /^The disk quota is used up\. Free some space, have the quota raised,/],
  ['PANIC:  could not write to file "pg_wal/xlogtemp.1": Disk quota exceeded', /^The disk quota is used up/],
])('says what to do about %j', (text, advice) => {
  expect(diskFullAdvice(text)).toMatch(advice);
});

it.each([
  'FATAL:  could not create shared memory segment: No space left on device\n' +
    'HINT:  This error does *not* mean that you have run out of disk space.',
  'ERROR:  could not resize shared memory segment "/PostgreSQL.1" to 8388608 bytes: No space left on device',
  'FATAL:  could not create semaphores: No space left on device',
])('takes nothing else for a full disk: %j', (text) => {
  expect(withDiskFullAdvice(text)).toBe(text);
});

it('keeps the output that the advice is about', () => {
  expect(withDiskFullAdvice('exit code 1\nNo space left on device\n')).toMatch(
    /^exit code 1\nNo space left on device\nThe disk is full\./,
  );
});

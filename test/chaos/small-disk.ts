import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SIZE = '1200m';
const CHUNK = Buffer.alloc(4 * 1024 * 1024);

/** Why no small disk can be made here; null if it can. */
export function smallDiskObstacle(): string | null {
  return process.platform === 'linux' && process.getuid?.() === 0
    ? null
    : 'needs Linux and root, to mount a small disk';
}

/** Mounts a small disk in memory. @returns unmounts it */
export function mountSmallDisk(path: string): () => void {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', path]);
  chmodSync(path, 0o755);
  return () => execFileSync('umount', ['--lazy', path]);
}

/** Takes all space of a folder's disk. @returns gives it back */
export function fillDisk(folder: string): () => void {
  const path = join(folder, 'filler');
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, CHUNK.subarray(0, Math.max(1, Math.min(CHUNK.length, space(folder)))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(fd);
  }
  return () => rmSync(path);
}

function space(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

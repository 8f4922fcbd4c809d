import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The holder touches the lock to show that it is alive. */
const TOUCH_INTERVAL_MS = 2_000;
const STALE_AFTER_MS = 60_000;
/** Longer than the few file operations of a takeover can take. */
const TAKEOVER_MS = 5_000;
const RETRY_INTERVAL_MS = 200;

/**
 * Runs `work` while no other process does. The lock is a folder: the process that creates it holds the lock. The lock of a
 * process that is gone is taken over.
 */
export async function withLock(path, work) {
  await take(path);
  const touch = setInterval(() => touchIfThere(path), TOUCH_INTERVAL_MS);
  const release = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.off('exit', release);
    release();
  }
}

/** Someone may have deleted the folder that the lock is in; the work then finds out by itself whether it can go on. */
function touchIfThere(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

async function take(path) {
  let isAnnounced = false;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStale(path) && takeOver(path)) continue;
    if (!isAnnounced) console.log('Waiting for another command to finish installing or building …');
    isAnnounced = true;
    await delay(RETRY_INTERVAL_MS);
  }
}

/** Only one process at a time removes a stale lock: a second one would remove the lock that the first has just taken. */
function takeOver(path) {
  const takeover = `${path}.takeover`;
  try {
    mkdirSync(takeover);
  } catch {
    const since = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKEOVER_MS) rmSync(takeover, { recursive: true, force: true });
    return false;
  }
  if (isStale(path)) rmSync(path, { recursive: true, force: true });
  rmSync(takeover, { recursive: true, force: true });
  return true;
}

function isStale(path) {
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return false;
  if (Date.now() - touched > STALE_AFTER_MS) return true;
  try {
    process.kill(Number(readFileSync(join(path, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The holder touches the lock to show that it is alive. */
const TOUCH_INTERVAL_MS = 2_000;
const STALE_AFTER_MS = 60_000;
/** How long a program may go on whose holder was killed; after that, its pid may be another program's. */
const ORPHAN_MS = 15 * 60_000;
/** Longer than the few file operations of a takeover can take. */
const TAKEOVER_MS = 5_000;
const RETRY_INTERVAL_MS = 200;

/** The lock that this process holds. */
let held = null;

/**
 * Runs `work` while no other process does. The lock is a folder: the process that creates it holds the lock. The lock of a
 * process that is gone is taken over, once the program that it was running has ended (`keepLockFor`).
 */
export async function withLock(path, work) {
  await take(path);
  held = path;
  const touch = setInterval(() => touchIfThere(path), TOUCH_INTERVAL_MS);
  const release = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    held = null;
    process.off('exit', release);
    release();
  }
}

/** Says which program is at work: if this process is killed, it goes on and changes the same files. */
export function keepLockFor(pid) {
  if (held) ifThere(() => writeFileSync(join(held, 'program'), String(pid)));
}

const touchIfThere = (path) => ifThere(() => utimesSync(path, new Date(), new Date()));

/** Someone may have deleted the folder that the lock is in; the work then finds out by itself whether it can go on. */
function ifThere(action) {
  try {
    return action();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
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
  const age = Date.now() - touched;
  if (age < ORPHAN_MS && isAlive(pidIn(path, 'program')) === true) return false;
  return age > STALE_AFTER_MS || isAlive(pidIn(path, 'pid')) === false;
}

/** Undefined if it is not written yet. */
const pidIn = (path, file) => Number(ifThere(() => readFileSync(join(path, file), 'utf8'))) || undefined;

/** Undefined without a pid. */
function isAlive(pid) {
  if (pid === undefined) return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

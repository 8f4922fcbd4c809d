import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The holder touches the lock to show that it is alive. */
const TOUCH_INTERVAL_MS = 2_000;
const STALE_AFTER_MS = 60_000;
/** How long a program may go on whose holder was killed; after that, it hangs. */
const ORPHAN_MS = 15 * 60_000;
/** Longer than the few file operations of a takeover can take. */
const TAKEOVER_MS = 5_000;
const RETRY_INTERVAL_MS = 200;
/** Positions in /proc/PID/stat, counted from the third field on. */
const STATE = 0;
const START_TICKS = 19;

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

/**
 * Says which program is at work: if this process is killed, it goes on and changes the same files.
 * @returns a function that says that it has ended
 */
export function keepLockFor(pid) {
  if (!held) return () => {};
  const file = join(held, 'program');
  ifThere(() => writeFileSync(file, record(pid)));
  return () => rmSync(file, { force: true });
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
  let announced = null;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), record(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStale(path) && takeOver(path)) continue;
    const reason = whyWait(path);
    if (reason !== announced) console.log(reason);
    announced = reason;
    await delay(RETRY_INTERVAL_MS);
  }
}

function whyWait(path) {
  const program = livingIn(path, 'program');
  const holder = livingIn(path, 'pid');
  if (program && holder === null)
    return `Waiting for a program that an ended command left installing or building (pid ${program}; to end it: kill ${program}) …`;
  return `Waiting for another command to finish installing or building${holder ? ` (pid ${holder}; to end it: kill ${holder})` : ''} …`;
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
  if (age < ORPHAN_MS && livingIn(path, 'program')) return false;
  return age > STALE_AFTER_MS || livingIn(path, 'pid') === null;
}

/** A process, as a file of the lock names it: its pid, and what tells it from a later process with the same pid. */
const record = (pid) => `${pid}\n${identityOf(pid) ?? ''}`;

/** The pid in a file of the lock; null if its process has ended, undefined if no pid is written there. */
function livingIn(path, file) {
  const [number, identity] = (ifThere(() => readFileSync(join(path, file), 'utf8')) ?? '').split('\n');
  const pid = Number(number) || undefined;
  if (pid === undefined) return undefined;
  return isAlive(pid) && (!identity || identity === identityOf(pid)) ? pid : null;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** As in cli/lib/processes.ts, which cannot be imported before the build. Null for a process that has ended. */
function identityOf(pid) {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[STATE] === 'Z') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[START_TICKS]}`;
  } catch {
    return null;
  }
}

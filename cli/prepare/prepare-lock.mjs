import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The holder shows that it is alive by touching the lock. */
const TOUCH_MS = 2_000;
const DEAD_AFTER_MS = 60_000;
/** Longer than the few file operations of a takeover can last. */
const TAKEOVER_MS = 5_000;

/**
 * Does `work` while no other process does: a folder is the lock, made by whoever is first. One whose holder is gone is
 * taken over.
 */
export async function withLock(path, work) {
  await take(path);
  const touch = setInterval(() => utimesSync(path, new Date(), new Date()), TOUCH_MS);
  const giveBack = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', giveBack);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.off('exit', giveBack);
    giveBack();
  }
}

async function take(path) {
  let told = false;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isDead(path) && takeOver(path)) continue;
    if (!told) console.log('Another command is installing or building; waiting for it …');
    told = true;
    await delay(200);
  }
}

/** One process at a time removes a dead one's lock: else the second would remove what the first has just taken. */
function takeOver(path) {
  const takeover = `${path}.takeover`;
  try {
    mkdirSync(takeover);
  } catch {
    const since = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKEOVER_MS) rmSync(takeover, { recursive: true, force: true });
    return false;
  }
  if (isDead(path)) rmSync(path, { recursive: true, force: true });
  rmSync(takeover, { recursive: true, force: true });
  return true;
}

function isDead(path) {
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return false;
  if (Date.now() - touched > DEAD_AFTER_MS) return true;
  try {
    process.kill(Number(readFileSync(join(path, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processIdentity } from './processes.js';

interface Holder {
  pid: number;
  identity: string | null;
}

export type Lock = { held: true; release: () => void } | { held: false; by: number };

/** Longer than the few file operations of a takeover can take. */
const TAKEOVER_MS = 5_000;
const RETRY_INTERVAL_MS = 50;

/**
 * Takes a lock that is valid as long as its holder lives: the lock of a process that is gone is taken over.
 * @returns a function that releases it, or the pid of its holder
 */
export async function takeLock(path: string): Promise<Lock> {
  const draft = `${path}.${process.pid}`;
  const me: Holder = { pid: process.pid, identity: processIdentity(process.pid) };
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
  try {
    for (;;) {
      if (succeeds(() => linkSync(draft, path))) return { held: true, release: () => rmSync(path, { force: true }) };
      const holder = read(path);
      if (holder && isHolderAlive(holder)) return { held: false, by: holder.pid };
      if (!removeStale(path)) await delay(RETRY_INTERVAL_MS);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Only one process at a time removes a stale lock: a second one would remove the lock that the first has just taken. */
function removeStale(path: string): boolean {
  const takeover = `${path}.takeover`;
  if (!succeeds(() => mkdirSync(takeover))) {
    const since = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKEOVER_MS) rmSync(takeover, { recursive: true, force: true });
    return false;
  }
  try {
    const holder = read(path);
    if (!holder || !isHolderAlive(holder)) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(takeover, { recursive: true, force: true });
  }
}

/** False if the path already exists. */
function succeeds(create: () => void): boolean {
  try {
    create();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

const isHolderAlive = ({ pid, identity }: Holder): boolean => isAlive(pid) && processIdentity(pid) === identity;

import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processIdentity } from './processes.js';

interface Holder {
  pid: number;
  identity: string | null;
}

export type Lock = { held: true; release: () => void } | { held: false; by: number };

/** Longer than the few file operations of a takeover can last. */
const TAKEOVER_MS = 5_000;

/**
 * Takes a lock that ends with its process: one whose holder is gone, killed perhaps, is taken over.
 * @returns how to release it, or the pid that holds it
 */
export async function takeLock(path: string): Promise<Lock> {
  const draft = `${path}.${process.pid}`;
  const me: Holder = { pid: process.pid, identity: processIdentity(process.pid) };
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
  try {
    for (;;) {
      if (succeeds(() => linkSync(draft, path))) return { held: true, release: () => rmSync(path, { force: true }) };
      const holder = read(path);
      if (holder && lives(holder)) return { held: false, by: holder.pid };
      if (!removeDead(path)) await delay(50);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** One process at a time removes a dead one's lock: else the second would remove what the first has just taken. */
function removeDead(path: string): boolean {
  const takeover = `${path}.takeover`;
  if (!succeeds(() => mkdirSync(takeover))) {
    const since = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKEOVER_MS) rmSync(takeover, { recursive: true, force: true });
    return false;
  }
  try {
    const holder = read(path);
    if (!holder || !lives(holder)) rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(takeover, { recursive: true, force: true });
  }
}

/** False when the path exists already. */
function succeeds(make: () => void): boolean {
  try {
    make();
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

const lives = ({ pid, identity }: Holder): boolean => isAlive(pid) && processIdentity(pid) === identity;

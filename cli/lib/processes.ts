import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;
/** How long the system may take to remove a killed process. */
const KILL_GRACE_MS = 5_000;

/** Whether a process with this pid exists, including one that we may not signal. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A zombie has ended, but its parent has not collected its status yet (as in a container without an init process). */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  return procStat(pid)?.[STATE] === 'Z';
}

/** Positions in `procStat`. */
const STATE = 0;
const START_TICKS = 19;

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may contain spaces and brackets. */
function procStat(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function ps(pid: number, column: string): string | null {
  try {
    return execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** The command line of a process, its arguments separated by spaces; null if the process is gone. */
export function commandLine(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim() || null;
  } catch {
    return null;
  }
}

/**
 * Distinguishes a process from a later one with the same pid: the time of its start (on Linux the boot id and clock ticks).
 * Null if the process is gone.
 */
export function processIdentity(pid: number): string | null {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const startTicks = procStat(pid)?.[START_TICKS];
  return startTicks ? `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTicks}` : null;
}

/** Signals a process; false if it is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until the process has ended; false if it is still alive after `timeoutMs`. */
export async function hasEnded(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_INTERVAL_MS);
  }
  return true;
}

/** Ends a process: sends each signal in turn, with the time to act on it, then SIGKILL. */
export async function endProcess(pid: number, steps: [signal: NodeJS.Signals, graceMs: number][]): Promise<void> {
  for (const [name, graceMs] of [...steps, ['SIGKILL', KILL_GRACE_MS] as const]) {
    if (!signal(pid, name) || (await hasEnded(pid, graceMs))) return;
  }
}

import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { signal } from '../lib/processes.js';
import type { RunningProcess } from './service.js';

/** How long the quick signal may take to act. */
const QUICK_GRACE_MS = 1_500;
/** The same two graces in a hurry: after a second Ctrl-C. */
const HURRIED_CLEAN_GRACE_MS = 200;
const HURRIED_QUICK_GRACE_MS = 500;

export interface StopSignals {
  /** Requests a clean shutdown. */
  clean: NodeJS.Signals;
  /** Requests an immediate shutdown. */
  quick: NodeJS.Signals;
}

/** Wraps a child that leads its own process group, so that Ctrl-C in the terminal reaches only the supervisor. */
export function running(child: ChildProcess, signals: StopSignals): RunningProcess {
  const pid = child.pid!;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, by) => resolve(by ? `ended by ${by}` : `exit code ${code}`));
  });
  const endsWithin = async (ms: number, hurry?: AbortSignal) => {
    if (hurry?.aborted) ms = Math.min(ms, HURRIED_CLEAN_GRACE_MS);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, ms, false);
      hurry?.addEventListener('abort', () => resolve(false), { once: true });
    });
    const ended = await Promise.race([exited.then(() => true), timeout]);
    clearTimeout(timer);
    return ended;
  };
  return {
    pid,
    exited,
    async stop(graceMs, hurry) {
      signal(pid, signals.clean);
      if (await endsWithin(graceMs, hurry)) return;
      signal(pid, signals.quick);
      if (await endsWithin(hurry?.aborted ? HURRIED_QUICK_GRACE_MS : QUICK_GRACE_MS)) return;
      // the whole group, with everything that it started
      signal(-pid, 'SIGKILL');
      await exited;
    },
  };
}

/** Starts a program in its own process group and waits until the system has started it. */
export async function spawnServer(command: string, args: string[], options: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(command, args, { ...options, detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return child;
}

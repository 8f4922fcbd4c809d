import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { signal } from '../lib/processes.js';
import type { RunningProcess } from './service.js';

/** Grace of the signal that follows when the clean one was not enough. */
const FORCE_AFTER_MS = 1_500;

export interface StopSignals {
  /** Asks for a clean end. */
  clean: NodeJS.Signals;
  /** Ends it at once, if it still can by itself. */
  quick: NodeJS.Signals;
}

/** Wraps a child that leads its own process group, so that Ctrl-C in the terminal reaches only the supervisor. */
export function running(child: ChildProcess, signals: StopSignals): RunningProcess {
  const pid = child.pid!;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, by) => resolve(by ? `ended by ${by}` : `exit code ${code}`));
  });
  const endsWithin = async (ms: number, hurry?: AbortSignal) => {
    if (hurry?.aborted) ms = Math.min(ms, 200);
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
      if (await endsWithin(hurry?.aborted ? 500 : FORCE_AFTER_MS)) return;
      // the whole group: nothing that it started may stay
      signal(-pid, 'SIGKILL');
      await exited;
    },
  };
}

/** Starts a program in its own process group and waits until the system has really started it. */
export async function spawnServer(command: string, args: string[], options: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(command, args, { ...options, detached: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return child;
}

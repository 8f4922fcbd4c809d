import { endProcess } from '../cli/lib/processes.js';

const GRACE_MS = 10_000;
const spawned = new Set<number>();

/** Remembers a process that must not outlive us, should we be interrupted. */
export const guard = (pid: number): void => void spawned.add(pid);

/** It has been stopped. */
export const unguard = (pid: number): void => void spawned.delete(pid);

/** Ends all that is guarded, cleanly where it obeys. */
export const endSpawned = async (): Promise<void> => {
  await Promise.all([...spawned].map((pid) => endProcess(pid, [['SIGINT', GRACE_MS]])));
};

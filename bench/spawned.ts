import { endProcess } from '../cli/lib/processes.js';

const GRACE_MS = 10_000;
const spawned = new Set<number>();

/** Registers a process to end if we are interrupted. */
export const guard = (pid: number): void => void spawned.add(pid);

/** Removes a process that has been stopped. */
export const unguard = (pid: number): void => void spawned.delete(pid);

/** Ends all registered processes, cleanly if possible. */
export const endSpawned = async (): Promise<void> => {
  await Promise.all([...spawned].map((pid) => endProcess(pid, [['SIGINT', GRACE_MS]])));
};

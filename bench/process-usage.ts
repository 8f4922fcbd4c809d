import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc: USER_HZ, which is 100 on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;
/** Positions in `statOf`. */
const PARENT = 1;
const CPU_TIMES = { from: 11, to: 15 };

/** Only Linux has /proc; elsewhere these figures are left out. */
export const canReadProc = process.platform === 'linux';

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may contain spaces. */
const statOf = (pid: number): string[] => {
  const stat = readProc(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

const kib = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** A process and all its descendants. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(Number(name))[PARENT]) }));
  const family = [pid];
  for (const member of family)
    family.push(...parents.filter(({ parent }) => parent === member).map((each) => each.pid));
  return family;
}

/** CPU time that processes have used so far, seconds; includes children that have ended and been collected. */
export const cpuSeconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const [utime, stime, ofChildrenU, ofChildrenS] = statOf(pid).slice(CPU_TIMES.from, CPU_TIMES.to).map(Number);
    return sum + ((utime ?? 0) + (stime ?? 0) + (ofChildrenU ?? 0) + (ofChildrenS ?? 0)) / TICKS_PER_SECOND;
  }, 0);

/** Memory of processes, MiB; a page shared by n processes counts as 1/n for each. */
export const memoryMiB = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + kib(readProc(pid, 'smaps_rollup'), 'Pss'), 0) / KIB_PER_MIB;

/** Peak memory of a process, MiB (resident; shared pages count in full). */
export const peakMemoryMiB = (pid: number): number => kib(readProc(pid, 'status'), 'VmHWM') / KIB_PER_MIB;

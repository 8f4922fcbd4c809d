import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS = 100;
const KIB_A_MIB = 1024;

/** What only Linux tells; elsewhere the figures are left out. */
export const canReadProc = process.platform === 'linux';

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may hold spaces. */
const statOf = (pid: number): string[] => {
  const stat = readProc(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

const kib = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** A process and all that it started. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(Number(name))[1]) }));
  const family = [pid];
  for (const member of family)
    family.push(...parents.filter(({ parent }) => parent === member).map((each) => each.pid));
  return family;
}

/** CPU time that processes have used so far, seconds; of children that have ended what their parent has collected. */
export const cpuSeconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const [utime, stime, ofChildrenU, ofChildrenS] = statOf(pid).slice(11, 15).map(Number);
    return sum + ((utime ?? 0) + (stime ?? 0) + (ofChildrenU ?? 0) + (ofChildrenS ?? 0)) / TICKS;
  }, 0);

/** Memory in MiB, pages shared by n processes counted as 1/n each: what they cost together. */
export const memoryMiB = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + kib(readProc(pid, 'smaps_rollup'), 'Pss'), 0) / KIB_A_MIB;

/** The most memory that a process has had so far, MiB (resident, shared pages in full). */
export const peakMemoryMiB = (pid: number): number => kib(readProc(pid, 'status'), 'VmHWM') / KIB_A_MIB;

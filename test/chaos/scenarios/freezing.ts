import { familyOf } from '../../../bench/process-usage.js';
import { signal } from '../../../cli/lib/processes.js';

/** Freezes a process and all that it has started while `work` runs. */
export async function freezing(pid: number, work: () => Promise<void>): Promise<void> {
  const family = familyOf(pid);
  for (const member of family) signal(member, 'SIGSTOP');
  try {
    await work();
  } finally {
    for (const member of family) signal(member, 'SIGCONT');
  }
}

import type { Housekept } from '../contracts/activities.js';
import { bytesInWords } from '../domain/bytes-in-words.js';
import { counted } from '../domain/in-words.js';
import { housekeep } from './activities.js';
import { showRun } from './current-details.js';
import { maintain } from './run.js';

/** Deletes what is kept for a limited time. It has no row in pipeline_runs. */
export async function HousekeepingWorkflow(): Promise<Housekept> {
  return maintain('housekeeping', async () => {
    const kept = await housekeep();
    showRun(`**housekeeping** deleted ${keptInWords(kept)}`);
    return kept;
  });
}

/** Such as "120 payload bodies (1.2 MB), 0 run steps (0 B), …". */
function keptInWords({ steps, calls, changes, bodies, bytes }: Housekept): string {
  const sized = (what: string, of: keyof NonNullable<typeof bytes>) =>
    bytes ? `${what} (${bytesInWords(bytes[of])})` : what;
  return [
    sized(counted(bodies, 'payload body', 'payload bodies'), 'bodies'),
    sized(counted(steps, 'run step'), 'steps'),
    sized(counted(calls, 'provider call'), 'calls'),
    sized(counted(changes, 'logged change'), 'changes'),
  ].join(', ');
}

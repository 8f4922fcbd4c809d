import { nominalTime } from '../config/catalog/schedules.js';
import type { CloseRunInput, OpenedRun, OpenRunInput } from '../contracts/activities.js';
import { closeRun, findOlderLiveRun, openRun } from '../db/repositories/runs/runs.js';
import type { Deps } from './deps.js';

export const runActivities = ({ pool, clockOffsetMs }: Pick<Deps, 'pool' | 'clockOffsetMs'>) => ({
  /** Opens the run's row. Returns its market times, and the older live run that is still running, if any. */
  async openRun(input: OpenRunInput): Promise<OpenedRun> {
    const asOf = (input.scheduledAt ?? input.startedAt) + clockOffsetMs;
    const opening = { ...input, nominalAt: nominalTime(input.pipeline, asOf) };
    const supersededBy = input.trigger === 'schedule' ? await findOlderLiveRun(pool, opening) : null;
    await openRun(pool, opening);
    return { nominalAt: opening.nominalAt, asOf, supersededBy };
  },

  /** Closes the run's row. */
  async closeRun(input: CloseRunInput): Promise<void> {
    await closeRun(pool, input);
  },
});

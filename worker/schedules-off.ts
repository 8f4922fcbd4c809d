import { type LivePipeline, PIPELINES } from '../config/catalog/schedules.js';
import type { Env } from '../config/env.js';
import { providersOff } from '../config/providers-off.js';
import { SCHEDULES, type ScheduleId } from '../contracts/schedules.js';
import { readArchiving } from '../db/backup/archive.js';
import type { Queryable } from '../db/client.js';

/** How the note of a schedule begins that is paused because there is nothing for it to do: once there is, it goes on. */
const OFF = { provider: 'its provider is off: ', archive: 'there is no archive for backups: ' };

export const isOffNote = (note: string | undefined): boolean =>
  Object.values(OFF).some((beginning) => note?.startsWith(beginning));

/** Schedules that would fire for nothing, each with the note that says why. */
export type SchedulesOff = ReadonlyMap<ScheduleId, string>;

export async function schedulesOff(env: Env, db: Queryable): Promise<SchedulesOff> {
  const off = providersOff(env);
  const notes = new Map<ScheduleId, string>();
  for (const id of Object.keys(PIPELINES) as LivePipeline[]) {
    const reason = off.get(PIPELINES[id].provider);
    if (reason !== undefined) notes.set(id, `${OFF.provider}${reason}`);
  }
  if ((await readArchiving(db)) === null)
    notes.set(SCHEDULES.backup, `${OFF.archive}BACKUP_DIR is not set, or PostgreSQL is your own (docs/backup.md)`);
  return notes;
}

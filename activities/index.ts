import { FORMER_ACTIVITIES } from '../contracts/former-activities.js';
import { adjustActivities } from './adjust.js';
import { alertActivities } from './alerts.js';
import { backupActivities } from './backup.js';
import type { Deps } from './deps.js';
import { extractActivities } from './extract.js';
import { fenced } from './fence.js';
import { gapActivities } from './gaps.js';
import { housekeepingActivities } from './housekeeping.js';
import { lookUpActivities } from './look-up.js';
import { loadActivities } from './load.js';
import { outageActivities } from './outage.js';
import { planActivities } from './plan.js';
import { reconcileActivities } from './reconcile.js';
import { runActivities } from './runs.js';
import { transformActivities } from './transform.js';

/** All activities with their dependencies bound. Workflows import the type only. */
export const createActivities = (deps: Deps) => activitiesWith({ ...deps, pool: fenced(deps.pool) });

const activitiesWith = (deps: Deps) => ({
  ...runActivities(deps),
  ...planActivities(deps),
  ...extractActivities(deps),
  ...lookUpActivities(deps),
  ...transformActivities(deps),
  ...loadActivities(deps),
  ...gapActivities(deps),
  ...adjustActivities(deps),
  ...outageActivities(deps),
  ...housekeepingActivities(deps),
  ...backupActivities(deps),
  ...reconcileActivities(deps),
  ...alertActivities(deps),
});

export type Activities = ReturnType<typeof createActivities>;

/** The activities, the renamed ones also by their former names. */
export function withFormerNames(activities: Activities): object {
  const byName: Record<string, unknown> = activities;
  return {
    ...activities,
    ...Object.fromEntries(Object.entries(FORMER_ACTIVITIES).map(([former, name]) => [former, byName[name]])),
  };
}

import { adjustActivities } from './adjust.js';
import type { Deps } from './deps.js';
import { extractActivities } from './extract.js';
import { loadActivities } from './load.js';
import { outageActivities } from './outage.js';
import { planActivities } from './plan.js';
import { runActivities } from './runs.js';
import { transformActivities } from './transform.js';
import { upkeepActivities } from './upkeep.js';

/** All activities over their dependencies. Workflows import the type only. */
export const createActivities = (deps: Deps) => ({
  ...runActivities(deps),
  ...planActivities(deps),
  ...extractActivities(deps),
  ...transformActivities(deps),
  ...loadActivities(deps),
  ...upkeepActivities(deps),
  ...adjustActivities(deps),
  ...outageActivities(deps),
});

export type Activities = ReturnType<typeof createActivities>;

import type { Scenario } from '../scenario.js';
import { DATABASE_SCENARIOS } from './database.js';
import { DEPLOYMENT_SCENARIOS } from './deployment.js';
import { INCOMPATIBLE_SCENARIOS } from './incompatible.js';
import { OPERATION_SCENARIOS } from './operations.js';
import { PROVIDER_SCENARIOS } from './provider.js';
import { TEMPORAL_SCENARIOS } from './temporal.js';
import { RANDOM_KILLS_SCENARIO, WORKER_SCENARIOS } from './worker.js';

/** Every fault, in the order in which they are injected. A new fault is one entry in one of these. */
export const SCENARIOS: readonly Scenario[] = [
  ...WORKER_SCENARIOS,
  ...DATABASE_SCENARIOS,
  ...TEMPORAL_SCENARIOS,
  ...DEPLOYMENT_SCENARIOS,
  ...INCOMPATIBLE_SCENARIOS,
  // after everything-killed: a new sandbox has no corrections
  ...OPERATION_SCENARIOS,
  ...PROVIDER_SCENARIOS,
  RANDOM_KILLS_SCENARIO,
];

import type { Scenario } from '../scenario.js';
import { DATABASE_SCENARIOS } from './database.js';
import { OPERATION_SCENARIOS } from './operations.js';
import { PROVIDER_SCENARIOS } from './provider.js';
import { TEMPORAL_SCENARIOS } from './temporal.js';
import { WORKER_SCENARIOS } from './worker.js';

/** Every fault, in the order in which they are injected. A new fault is one entry in one of these. */
export const SCENARIOS: readonly Scenario[] = [
  ...WORKER_SCENARIOS,
  ...DATABASE_SCENARIOS,
  ...TEMPORAL_SCENARIOS,
  ...PROVIDER_SCENARIOS,
  // last: the sandbox forgets corrections when it is killed
  ...OPERATION_SCENARIOS,
];

import type { Condition } from './alert.js';
import { backupConditions, type BackupFault } from './backup.js';
import { crossingCondition, type WatchedRule } from './crossing.js';
import { diskConditions, type DiskSample } from './disk.js';
import { budgetConditions, type StaleTimes } from './error-budget.js';
import {
  type DisagreementFacts,
  disagreementConditions,
  failingConditions,
  outageConditions,
  type PipelineFacts,
  type ProviderFacts,
  quotaConditions,
  type SeriesFacts,
  staleConditions,
} from './service-alerts.js';

/** All that alerts are concluded from, as it is at one instant. */
export interface Facts {
  /** Market clock, epoch ms. */
  now: number;
  /** For how long the alerts have been evaluated without an interruption, ms. */
  upMs: number;
  series: readonly SeriesFacts[];
  staleTimes: readonly StaleTimes[];
  providers: readonly ProviderFacts[];
  pipelines: readonly PipelineFacts[];
  disagreements: readonly DisagreementFacts[];
  /** Ascending; none if the disk of the database cannot be seen. */
  disk: readonly DiskSample[];
  /** Null if all is well with the backups, or there are to be none. */
  backup: BackupFault | null;
  rules: readonly WatchedRule[];
}

/** What the rules say of the facts. */
export const judge = ({
  now,
  upMs,
  series,
  staleTimes,
  providers,
  pipelines,
  disagreements,
  disk,
  backup,
  rules,
}: Facts): Condition[] => [
  ...outageConditions(providers, now),
  ...failingConditions(pipelines),
  ...staleConditions(series, upMs),
  ...budgetConditions(staleTimes, now),
  ...quotaConditions(providers, now),
  ...disagreementConditions(disagreements),
  ...diskConditions(disk, now),
  ...backupConditions(backup, { now, upMs }),
  ...rules.flatMap((watched) => crossingCondition(watched) ?? []),
];

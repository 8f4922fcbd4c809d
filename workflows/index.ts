export { AdjustWorkflow } from './adjust.js';
export { BackfillWorkflow } from './backfill.js';
export { HealWorkflow } from './heal.js';
export { HousekeepingWorkflow } from './housekeeping.js';
export { CryptoWorkflow, StocksWorkflow } from './live.js';
export { ReconcileWorkflow } from './reconcile.js';
export { ReleaseWorkflow } from './release.js';
export { VerifyWorkflow } from './verify.js';

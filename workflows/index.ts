export { BackfillWorkflow } from './backfill.js';
export { CryptoWorkflow, StocksWorkflow } from './live.js';
export { ReconcileWorkflow } from './reconcile.js';

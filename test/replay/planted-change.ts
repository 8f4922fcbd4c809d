import { sleep } from '@temporalio/workflow';
import * as workflows from '../../workflows/index.js';

/** A timer before the first step of a workflow: a run in progress gets stuck on it, so no recording may replay. */
const changed =
  <Args extends unknown[], Result>(workflow: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    await sleep(1);
    return workflow(...args);
  };

export const AdjustWorkflow = changed(workflows.AdjustWorkflow);
export const AlertDeliveryWorkflow = changed(workflows.AlertDeliveryWorkflow);
export const AlertsWorkflow = changed(workflows.AlertsWorkflow);
export const BackfillWorkflow = changed(workflows.BackfillWorkflow);
export const BackupWorkflow = changed(workflows.BackupWorkflow);
export const CryptoWorkflow = changed(workflows.CryptoWorkflow);
export const HealWorkflow = changed(workflows.HealWorkflow);
export const HousekeepingWorkflow = changed(workflows.HousekeepingWorkflow);
export const LookUpWorkflow = changed(workflows.LookUpWorkflow);
export const PageWorkflow = changed(workflows.PageWorkflow);
export const ReconcileWorkflow = changed(workflows.ReconcileWorkflow);
export const ReleaseWorkflow = changed(workflows.ReleaseWorkflow);
export const StocksWorkflow = changed(workflows.StocksWorkflow);
export const VerifyWorkflow = changed(workflows.VerifyWorkflow);

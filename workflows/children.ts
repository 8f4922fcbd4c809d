import { CancellationScope, ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { ProviderId } from '../config/catalog/providers.js';
import {
  adjustStartOptions,
  alertDeliveryStartOptions,
  healAfterOutageStartOptions,
} from '../contracts/start-options.js';
import { type AdjustInput, WORKFLOWS } from '../contracts/workflows.js';
import { startsChildren } from './patches.js';

/**
 * Starts AdjustWorkflow for each asset that an activity found due for it.
 * @param due null or undefined from an activity of an older worker, which has started the workflows itself
 */
export async function startAdjustments(due: readonly AdjustInput[] | null | undefined): Promise<void> {
  for (const input of due ?? []) if (startsChildren()) await startDetached(WORKFLOWS.adjust, adjustStartOptions(input));
}

/** Starts AlertDeliveryWorkflow, which sends what is to be told about alerts. */
export async function startAlertDelivery(): Promise<void> {
  await startDetached(WORKFLOWS.alertDelivery, alertDeliveryStartOptions());
}

/** Starts HealWorkflow, which fills in what the outage of a provider has left out. */
export async function startHealAfterOutage(provider: ProviderId): Promise<void> {
  if (!startsChildren()) return;
  await startDetached(WORKFLOWS.heal, healAfterOutageStartOptions(provider));
}

type StartOptions = ReturnType<
  typeof adjustStartOptions | typeof alertDeliveryStartOptions | typeof healAfterOutageStartOptions
>;

/** Starts a workflow that outlives this run and is not cancelled with it. Does nothing if it is running already. */
async function startDetached(type: string, options: StartOptions): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() =>
      startChild(type, {
        ...options,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

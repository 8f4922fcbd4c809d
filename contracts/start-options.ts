import { TypedSearchAttributes } from '@temporalio/common';
import type { ProviderId } from '../config/catalog/providers.js';
import type { Pipeline } from '../config/catalog/schedules.js';
import type { Trigger } from '../domain/run.js';
import { PIPELINE_QUEUE } from './queues.js';
import { SEARCH_KEYS } from './search-attributes.js';
import { adjustWorkflowId, healAfterOutageWorkflowId } from './workflow-ids.js';
import type { AdjustInput, BackfillInput, HealInput } from './workflows.js';

/** @param symbols of the assets that the run is about; without it, the run is not about particular ones */
export const searchAttributes = (pipeline: Pipeline, trigger: Trigger, symbols?: string[]): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: SEARCH_KEYS.pipeline, value: pipeline },
    { key: SEARCH_KEYS.trigger, value: trigger },
    ...(symbols ? [{ key: SEARCH_KEYS.symbols, value: symbols }] : []),
  ]);

/** Options of BackfillWorkflow, the same for every caller. @param symbols of the assets to backfill */
export const backfillStartOptions = (workflowId: string, input: BackfillInput, symbols: string[]) => ({
  workflowId,
  taskQueue: PIPELINE_QUEUE,
  args: [input],
  typedSearchAttributes: searchAttributes('backfill', input.trigger ?? 'manual', symbols),
});

/** Options of AdjustWorkflow, which a run starts for an asset whose loads are held back. */
export const adjustStartOptions = (input: AdjustInput) => ({
  workflowId: adjustWorkflowId(input.symbol),
  taskQueue: PIPELINE_QUEUE,
  args: [input] as [AdjustInput],
  typedSearchAttributes: searchAttributes('adjust_splits', 'split', [input.symbol]),
});

/** Options of HealWorkflow, which a run starts when it finds that a provider has recovered from an outage. */
export const healAfterOutageStartOptions = (provider: ProviderId) => ({
  workflowId: healAfterOutageWorkflowId(provider),
  taskQueue: PIPELINE_QUEUE,
  args: [{}] as [HealInput],
  typedSearchAttributes: searchAttributes('heal_gaps', 'heal'),
});

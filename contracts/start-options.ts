import { TypedSearchAttributes } from '@temporalio/common';
import { type ProviderId, PROVIDERS } from '../config/catalog/providers.js';
import type { MaintenancePipeline, Pipeline } from '../config/catalog/schedules.js';
import type { Trigger } from '../domain/run.js';
import { BULK_PRIORITY, PIPELINE_QUEUE } from './queues.js';
import { fittingSymbols, SEARCH_KEYS } from './search-attributes.js';
import { DETAILS } from './workflow-details.js';
import {
  adjustWorkflowId,
  ALERT_DELIVERY_ID,
  healAfterOutageWorkflowId,
  RECONCILE_AT_START_ID,
  releaseWorkflowId,
} from './workflow-ids.js';
import { type LookUpInput, questionInWords } from './look-up.js';
import { type AdjustInput, type BackfillInput, type HealInput, type ReleaseInput, WORKFLOWS } from './workflows.js';

/*
 * Options of the workflows that no schedule starts, the same for every caller: an id, and what Temporal's Web UI shows of
 * them from the start.
 */

/** @param symbols of the assets that the run is about; without it, the run is not about particular ones */
export const searchAttributes = (
  pipeline: Pipeline | MaintenancePipeline,
  trigger: Trigger,
  symbols?: readonly string[],
): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: SEARCH_KEYS.pipeline, value: pipeline },
    { key: SEARCH_KEYS.trigger, value: trigger },
    ...(symbols ? [{ key: SEARCH_KEYS.symbols, value: fittingSymbols(symbols) }] : []),
  ]);

/** Options of BackfillWorkflow. @param symbols of the assets to backfill */
export const backfillStartOptions = (workflowId: string, input: BackfillInput, symbols: string[]) => ({
  workflowId,
  taskQueue: PIPELINE_QUEUE,
  priority: BULK_PRIORITY,
  args: [input],
  staticSummary: `backfill: ${rangeInWords(input, symbols)}`,
  staticDetails: DETAILS[WORKFLOWS.backfill],
  typedSearchAttributes: searchAttributes('backfill', input.trigger ?? 'manual', symbols),
});

/** Such as "SPY, BTC and 3 more · 1d · 2015-01-01 to 2026-01-01 · stored bars, too". */
function rangeInWords({ timeframes, from, to, reprocess }: BackfillInput, symbols: readonly string[]): string {
  const [named, more] = [symbols.slice(0, NAMED).join(', '), symbols.length - NAMED];
  const range = from || to ? `${from ?? 'the beginning'} to ${to ?? 'now'}` : null;
  return [
    more > 0 ? `${named} and ${more} more` : named,
    timeframes?.join(', ') ?? null,
    range,
    reprocess ? REPROCESSED[reprocess] : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
const NAMED = 5;
const REPROCESSED = { missing: null, failed: 'only what failed', all: 'stored bars, too' } as const;

/** Options of AdjustWorkflow, which a run starts for an asset whose loads are held back. */
export const adjustStartOptions = (input: AdjustInput) => ({
  workflowId: adjustWorkflowId(input),
  taskQueue: PIPELINE_QUEUE,
  priority: BULK_PRIORITY,
  args: [input] as [AdjustInput],
  staticSummary: ['adjust_splits:', input.symbol, ...(input.source ? [input.source] : [])].join(' '),
  staticDetails: DETAILS[WORKFLOWS.adjust],
  typedSearchAttributes: searchAttributes('adjust_splits', 'split', [input.symbol]),
});

/** Options of HealWorkflow, which a run starts when it finds that a provider has recovered from an outage. */
export const healAfterOutageStartOptions = (provider: ProviderId) => ({
  workflowId: healAfterOutageWorkflowId(provider),
  taskQueue: PIPELINE_QUEUE,
  priority: BULK_PRIORITY,
  args: [{}] as [HealInput],
  staticSummary: `heal_gaps: after the outage of ${PROVIDERS[provider].name}`,
  staticDetails: DETAILS[WORKFLOWS.heal],
  typedSearchAttributes: searchAttributes('heal_gaps', 'heal'),
});

/** Options of AlertDeliveryWorkflow, which an evaluation of the alerts starts when there is something to tell. */
export const alertDeliveryStartOptions = () => ({
  workflowId: ALERT_DELIVERY_ID,
  taskQueue: PIPELINE_QUEUE,
  args: [] as [],
  staticSummary: 'alerts: messages',
  staticDetails: DETAILS[WORKFLOWS.alertDelivery],
  typedSearchAttributes: searchAttributes('alerts', 'manual'),
});

/** Options of ReleaseWorkflow. @param id of the rejected row @param symbol of its asset */
export const releaseStartOptions = (id: number, symbol: string, input: ReleaseInput) => ({
  workflowId: releaseWorkflowId(id),
  taskQueue: PIPELINE_QUEUE,
  args: [input],
  staticSummary: `release: row ${id} of ${symbol} ${input.timeframe}`,
  staticDetails: DETAILS[WORKFLOWS.release],
  typedSearchAttributes: searchAttributes('release', 'manual', [symbol]),
});

/** Options of ReconcileWorkflow, which each worker starts. */
export const reconcileAtStartOptions = () => ({
  workflowId: RECONCILE_AT_START_ID,
  taskQueue: PIPELINE_QUEUE,
  staticSummary: 'reconcile_runs: a worker has started',
  staticDetails: DETAILS[WORKFLOWS.reconcile],
  typedSearchAttributes: searchAttributes('reconcile_runs', 'manual'),
});

/** Nobody waits for an answer for longer. */
const LOOK_UP_MS = 60_000;

/** Options of LookUpWorkflow, which ends soon even if no worker takes it. */
export const lookUpStartOptions = (workflowId: string, input: LookUpInput) => ({
  workflowId,
  taskQueue: PIPELINE_QUEUE,
  args: [input] as [LookUpInput],
  workflowExecutionTimeout: LOOK_UP_MS,
  staticSummary:
    `look_up: ${PROVIDERS[input.provider].name}: ${input.questions.slice(0, NAMED).map(questionInWords).join(', ')}`.slice(
      0,
      200,
    ),
  staticDetails: DETAILS[WORKFLOWS.lookUp],
});

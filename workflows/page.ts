import { TypedSearchAttributes } from '@temporalio/common';
import { ChildWorkflowFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import type { HealPlanInput, LivePlanInput, ReplayPlanInput, VerifyPlanInput } from '../contracts/activities.js';
import { PIPELINE_QUEUE } from '../contracts/queues.js';
import { SEARCH_KEYS } from '../contracts/search-attributes.js';
import { DETAILS } from '../contracts/workflow-details.js';
import { pageWorkflowId } from '../contracts/workflow-ids.js';
import { WORKFLOWS } from '../contracts/workflows.js';
import type { RunKey } from '../domain/run.js';
import { planHeal, planLive, planReplay, planVerify } from './activities.js';
import { ingestStored, type Sending } from './ingest.js';
import type { Ingested } from './ingested.js';
import { ingestPlanned } from './outage.js';

/** How a page is planned: the activity and its input. */
export type PagePlan =
  | { activity: 'planLive'; input: LivePlanInput }
  | { activity: 'planHeal'; input: HealPlanInput }
  | { activity: 'planVerify'; input: VerifyPlanInput }
  | { activity: 'planReplay'; input: ReplayPlanInput };

/** Data only: it is the argument of a workflow. */
export interface PageInput extends Omit<Sending, 'inTurn'> {
  /** The run that the page belongs to: its steps are recorded as steps of that run. */
  run: RunKey;
  plan: PagePlan;
}

export interface PageResult {
  /** Without signs: the page has drawn its verdicts. */
  ingested: Ingested;
  /** Requests, or stored payloads. */
  planned: number;
  /** The last asset, if there is another page. */
  next?: number | undefined;
}

/**
 * A page of a run with many assets, a child of that run: plans some of its assets, and ingests them. So neither a plan nor a
 * history grows with the number of assets.
 */
export async function PageWorkflow({ run, plan, ...sending }: PageInput): Promise<PageResult> {
  if (plan.activity === 'planReplay') {
    const payloads = await planReplay(plan.input);
    const ingested = await ingestStored(run, payloads);
    return { ingested: { ...ingested, signs: {} }, planned: payloads.length, next: nextOf(payloads, plan.input.limit) };
  }
  const { requests, next, ...rest } = await planRequests(plan);
  const ingested = await ingestPlanned(run, { requests, ...rest }, sending);
  return { ingested: { ...ingested, signs: {} }, planned: requests.length, next };
}

/** The last asset of a page of stored payloads, if there may be another page. */
export const nextOf = (payloads: readonly { assetId: number | null }[], limit = Infinity): number | undefined =>
  payloads.length < limit ? undefined : (payloads.at(-1)?.assetId ?? undefined);

/** The plan of a page of requests. */
export function planRequests(plan: Exclude<PagePlan, { activity: 'planReplay' }>) {
  switch (plan.activity) {
    case 'planLive':
      return planLive(plan.input);
    case 'planHeal':
      return planHeal(plan.input);
    case 'planVerify':
      return planVerify(plan.input);
  }
}

/** A page is found as its run is. */
function attributesOfParent(): TypedSearchAttributes {
  const { typedSearchAttributes: parent } = workflowInfo();
  const pipeline = parent.get(SEARCH_KEYS.pipeline);
  const trigger = parent.get(SEARCH_KEYS.trigger);
  return new TypedSearchAttributes([
    ...(pipeline === undefined ? [] : [{ key: SEARCH_KEYS.pipeline, value: pipeline }]),
    ...(trigger === undefined ? [] : [{ key: SEARCH_KEYS.trigger, value: trigger }]),
  ]);
}

/** Runs a page as a child of this run, which cancels it and is not over before it is. @throws what the page threw */
export async function executePage(page: PageInput, n: number): Promise<PageResult> {
  try {
    return await executeChild<(input: PageInput) => Promise<PageResult>>(WORKFLOWS.page, {
      workflowId: pageWorkflowId(workflowInfo().workflowId, page.plan.activity, n),
      taskQueue: PIPELINE_QUEUE,
      args: [page],
      staticSummary: `page ${n} of ${workflowInfo().workflowId}`,
      staticDetails: DETAILS[WORKFLOWS.page],
      typedSearchAttributes: attributesOfParent(),
    });
  } catch (error) {
    throw error instanceof ChildWorkflowFailure && error.cause ? error.cause : error;
  }
}

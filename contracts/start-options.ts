import { TypedSearchAttributes } from '@temporalio/common';
import type { BackfillInput } from './workflows.js';
import { PIPELINE_QUEUE } from './queues.js';
import { SEARCH_KEYS } from './search-attributes.js';

/** How a backfill is started, whoever starts it. @param symbols what it is about */
export const backfillStartOptions = (workflowId: string, input: BackfillInput, symbols: string[]) => ({
  workflowId,
  taskQueue: PIPELINE_QUEUE,
  args: [input],
  typedSearchAttributes: new TypedSearchAttributes([
    { key: SEARCH_KEYS.pipeline, value: 'backfill' },
    { key: SEARCH_KEYS.trigger, value: input.trigger ?? 'manual' },
    { key: SEARCH_KEYS.symbols, value: symbols },
  ]),
});

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const SEARCH_ATTRIBUTES = {
  pipeline: 'BarkeepPipeline',
  trigger: 'BarkeepTrigger',
  symbols: 'BarkeepSymbols',
} as const;

/** By what runs are found in Temporal; set when a workflow is started, never later. */
export const SEARCH_KEYS = {
  pipeline: defineSearchAttributeKey(SEARCH_ATTRIBUTES.pipeline, SearchAttributeType.KEYWORD),
  trigger: defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, SearchAttributeType.KEYWORD),
  symbols: defineSearchAttributeKey(SEARCH_ATTRIBUTES.symbols, SearchAttributeType.KEYWORD_LIST),
} as const;

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Names of the custom search attributes, which worker/setup.ts registers. */
export const SEARCH_ATTRIBUTES = {
  pipeline: 'BarkeepPipeline',
  trigger: 'BarkeepTrigger',
  symbols: 'BarkeepSymbols',
} as const;

/** Typed keys for finding runs in Temporal. They are set when a workflow starts and never change. */
export const SEARCH_KEYS = {
  pipeline: defineSearchAttributeKey(SEARCH_ATTRIBUTES.pipeline, SearchAttributeType.KEYWORD),
  trigger: defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, SearchAttributeType.KEYWORD),
  symbols: defineSearchAttributeKey(SEARCH_ATTRIBUTES.symbols, SearchAttributeType.KEYWORD_LIST),
} as const;

/** Temporal's own: the nominal time of a scheduled run, exact under jitter and in backfills. */
export const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

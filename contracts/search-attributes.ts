import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Names of the custom search attributes, which worker/setup.ts registers. */
export const SEARCH_ATTRIBUTES = {
  pipeline: 'BarkeepPipeline',
  trigger: 'BarkeepTrigger',
  symbols: 'BarkeepSymbols',
  status: 'BarkeepStatus',
  failedSymbols: 'BarkeepFailedSymbols',
} as const;

/** Typed keys for finding runs in Temporal. A run has the first two from its start, and the last two from its end. */
export const SEARCH_KEYS = {
  pipeline: defineSearchAttributeKey(SEARCH_ATTRIBUTES.pipeline, SearchAttributeType.KEYWORD),
  trigger: defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, SearchAttributeType.KEYWORD),
  /** Of the assets that the run is about; absent if it is not about particular ones. */
  symbols: defineSearchAttributeKey(SEARCH_ATTRIBUTES.symbols, SearchAttributeType.KEYWORD_LIST),
  /** As in pipeline_runs: Temporal calls a run that was partial or skipped completed. */
  status: defineSearchAttributeKey(SEARCH_ATTRIBUTES.status, SearchAttributeType.KEYWORD),
  failedSymbols: defineSearchAttributeKey(SEARCH_ATTRIBUTES.failedSymbols, SearchAttributeType.KEYWORD_LIST),
} as const;

/** Temporal refuses the value of a search attribute that has more than 2,048 bytes of JSON. */
const LONGEST_VALUE = 2_000;

/** As many of the symbols, in their order, as a search attribute holds: some 200. */
export function fittingSymbols(symbols: readonly string[]): string[] {
  let length = '[]'.length;
  const end = symbols.findIndex((symbol) => (length += JSON.stringify(symbol).length + 1) > LONGEST_VALUE);
  return end < 0 ? [...symbols] : symbols.slice(0, end);
}

/** Temporal's own: the nominal time of a scheduled run, exact under jitter and in backfills. */
export const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** Three in a row: neighbours share a rule; the outer edges align with the page's margins. */
export const PIPELINE_CARD =
  'flex min-w-0 flex-col border-rule py-4 lg:px-6 lg:not-nth-[3n+1]:border-l lg:nth-[3n+1]:pl-0 lg:nth-[3n]:pr-0';
/** The same for a row that has room for four from xl on. */
export const UPKEEP_CARD =
  'flex min-w-0 flex-col border-rule py-4 xl:px-4 xl:not-nth-[4n+1]:border-l xl:nth-[4n+1]:pl-0 xl:nth-[4n]:pr-0';

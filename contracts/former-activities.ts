/**
 * Activities that have been renamed: former name -> name. Workflows that started before the rename still schedule the
 * former name, so workers serve both. An entry can go with the next release, once
 * `temporal workflow list --query "ExecutionStatus = 'Running'"` shows no run that started before the rename.
 */
export const FORMER_ACTIVITIES = {
  judgeCoverage: 'classifyGaps',
  reportGaps: 'describeGaps',
} as const;

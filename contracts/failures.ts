/** Why an activity or a run failed: the `type` of its ApplicationFailure, and `error_type` in the database. */
export const FAILURES = {
  RateLimited: 'RateLimited',
  ProviderUnavailable: 'ProviderUnavailable',
  BadContent: 'BadContent',
  SchemaDrift: 'SchemaDrift',
  UnknownSymbol: 'UnknownSymbol',
  NotObtainable: 'NotObtainable',
  DatabaseUnavailable: 'DatabaseUnavailable',
  InvalidInput: 'InvalidInput',
  /** The payload was loaded, and none of its rows kept: each broke a rule. */
  AllRejected: 'AllRejected',
  /** Deliberately not stored: a split has to be applied first, or the prices came at another level. */
  HeldBack: 'HeldBack',
} as const;
export type FailureType = keyof typeof FAILURES;

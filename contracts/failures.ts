/** Why an activity or a run failed: the `type` of its ApplicationFailure, and `error_type` in the database. */
export const FAILURES = {
  RateLimited: 'RateLimited',
  /** Our own queue for the provider is long: nothing is wrong with the provider. */
  PermitBusy: 'PermitBusy',
  ProviderUnavailable: 'ProviderUnavailable',
  BadContent: 'BadContent',
  SchemaDrift: 'SchemaDrift',
  /** The payloads of one exchange are empty, while nothing is wrong with the provider: was it closed that day? */
  ExchangeSilent: 'ExchangeSilent',
  UnknownSymbol: 'UnknownSymbol',
  NotObtainable: 'NotObtainable',
  DatabaseUnavailable: 'DatabaseUnavailable',
  InvalidInput: 'InvalidInput',
  /** The payload was loaded, and none of its rows kept: each broke a rule. */
  AllRejected: 'AllRejected',
  /** Deliberately not stored: a split has to be applied first, or the prices came at another level. */
  HeldBack: 'HeldBack',
  /** An error of ours that no retry mends. */
  Bug: 'Bug',
} as const;
export type FailureType = keyof typeof FAILURES;

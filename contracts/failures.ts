export const FAILURES = {
  RateLimited: 'RateLimited',
  ProviderUnavailable: 'ProviderUnavailable',
  BadContent: 'BadContent',
  SchemaDrift: 'SchemaDrift',
  UnknownSymbol: 'UnknownSymbol',
  NotObtainable: 'NotObtainable',
  DatabaseUnavailable: 'DatabaseUnavailable',
  InvalidInput: 'InvalidInput',
  /** Not stored on purpose: a split is to be applied first, or prices came on another level. */
  HeldBack: 'HeldBack',
} as const;
export type FailureType = keyof typeof FAILURES;

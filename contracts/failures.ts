/** Why an activity or a run failed: the `type` of its ApplicationFailure, and `error_type` in the database. */
export const FAILURES = {
  RateLimited: 'RateLimited',
  /** Our own queue for the provider is long: nothing is wrong with the provider. */
  PermitBusy: 'PermitBusy',
  /** The provider's monthly quota is used up: nothing is wrong with it. */
  QuotaSpent: 'QuotaSpent',
  /** It is off: it has no key, or is real beside one that is simulated. Nothing is requested of it. */
  ProviderOff: 'ProviderOff',
  ProviderUnavailable: 'ProviderUnavailable',
  /** No worker completed it in time: they were busy, frozen or gone. It says nothing about the provider. */
  TimedOut: 'TimedOut',
  BadContent: 'BadContent',
  SchemaDrift: 'SchemaDrift',
  /** The payloads of one exchange are empty, while nothing is wrong with the provider: was it closed that day? */
  ExchangeSilent: 'ExchangeSilent',
  UnknownSymbol: 'UnknownSymbol',
  NotObtainable: 'NotObtainable',
  /** The provider refuses our key: nothing mends that but another key. */
  KeyRefused: 'KeyRefused',
  DatabaseUnavailable: 'DatabaseUnavailable',
  /** No backup could be taken, such as because the write-ahead log does not get to the archive. */
  BackupFailed: 'BackupFailed',
  InvalidInput: 'InvalidInput',
  /** The payload was loaded, and none of its rows kept: each broke a rule. */
  AllRejected: 'AllRejected',
  /** Deliberately not stored: a split has to be applied first, or the prices came at another level. */
  HeldBack: 'HeldBack',
  /** No worker can continue the run, such as after an incompatible deployment: it waits for one that can. */
  Stuck: 'Stuck',
  /** The receiver of alerts did not take a message. */
  Undelivered: 'Undelivered',
  /** An error of ours that no retry mends. */
  Bug: 'Bug',
} as const;
export type FailureType = keyof typeof FAILURES;

/** Names of the errors that are bugs wherever they come from: the run fails at once, because no retry would help. */
export const BUGS: readonly string[] = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'];

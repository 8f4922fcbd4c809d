/** Ids of the schedules in Temporal. When each of them fires is in config/catalog/schedules.ts. */
export const SCHEDULES = {
  stocks_1min: 'stocks_1min',
  stocks_1d: 'stocks_1d',
  crypto_20min: 'crypto_20min',
  heal_gaps: 'heal_gaps',
  verify_bars: 'verify_bars',
  reconcile_runs: 'reconcile_runs',
  housekeeping: 'housekeeping',
} as const;

/** What a live pipeline needs of a provider that allows a number of requests per month. */
export interface QuotaDemand {
  /** Requests of the month that are left. */
  left: number;
  /** Until the month ends, ms. */
  leftMs: number;
  /** Between two runs, ms. */
  gridMs: number;
  /** Requests of every run, such as those for live prices. */
  perRun: number;
  /** Periods of the series that are requested when one of their bars has closed, ms. */
  periodsMs: readonly number[];
}

/**
 * At which multiple of the grid a pipeline may run so that the requests last until the end of the month. 1 = at every fire;
 * Infinity if not even one more run fits.
 */
export function quotaSpacing({ left, leftMs, gridMs, perRun, periodsMs }: QuotaDemand): number {
  const fires = leftMs / gridMs;
  for (let every = 1; every <= Math.max(1, fires); every++) {
    const requests = periodsMs.reduce((sum, periodMs) => sum + Math.min(1, (every * gridMs) / periodMs), perRun);
    if (requests * (fires / every) <= left) return every;
  }
  return Infinity;
}

/** Whether a spaced pipeline runs at this nominal time. @param nominalAt on its grid, epoch ms */
export const isSpacedRun = (nominalAt: number, gridMs: number, every: number): boolean =>
  Math.floor(nominalAt / gridMs) % every === 0;

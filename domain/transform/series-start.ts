import type { RawBars } from './raw-bars.js';
import type { SessionCoverage, TransformResult } from './transform.js';

/** So many sessions without any row, asked for and final, before the first row: no outage looks like that. */
const PROOF_SESSIONS = 5;

export interface SeriesStart {
  /** The series' first bar, epoch ms, where the answer shows that there is nothing before; else null. */
  beginsAt: number | null;
  /** Coverage without the sessions before it: nothing is expected of them. */
  coverage: SessionCoverage[];
}

/** Whether an answer reaches back beyond the first bar that the provider has. Null rows count as rows: they are outages. */
export function findSeriesStart(
  raw: Pick<RawBars, 'time'>,
  { bars, answered }: Pick<TransformResult, 'bars' | 'answered'>,
): SeriesStart {
  const firstBar = bars.time[0];
  const firstSession = bars.session[0];
  if (firstBar === undefined || firstSession === undefined) return { beginsAt: null, coverage: answered };
  const leading = answered.findIndex(({ session }) => session >= firstSession);
  const firstRow = raw.time.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  if (leading < PROOF_SESSIONS || firstRow < firstBar) return { beginsAt: null, coverage: answered };
  return { beginsAt: firstBar, coverage: answered.slice(leading) };
}

import type { RawBars } from './raw-bars.js';
import type { PayloadCoverage, TransformResult } from './transform.js';

/** This many requested, final sessions without any row before the first row prove a start: no outage looks like that. */
const PROOF_SESSIONS = 5;

export interface SeriesStart {
  /** Time of the series' first bar, epoch ms, if the payload proves that there is nothing before it; else null. */
  beginsAt: number | null;
  /** The payload's coverage without the sessions before the start: no bars are expected in them. */
  coverage: PayloadCoverage[];
}

/** Finds the start of a series in a payload that reaches back beyond it. Null rows count as rows: they mean an outage. */
export function findSeriesStart(
  raw: Pick<RawBars, 'time'>,
  { bars, coverage }: Pick<TransformResult, 'bars' | 'coverage'>,
): SeriesStart {
  const firstBar = bars.time[0];
  const firstSession = bars.session[0];
  if (firstBar === undefined || firstSession === undefined) return { beginsAt: null, coverage };
  const leading = coverage.findIndex(({ session }) => session >= firstSession);
  const firstRow = raw.time.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
  if (leading < PROOF_SESSIONS || firstRow < firstBar) return { beginsAt: null, coverage };
  return { beginsAt: firstBar, coverage: coverage.slice(leading) };
}

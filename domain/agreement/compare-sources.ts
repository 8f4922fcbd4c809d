import type { CalendarId, Session } from '../calendars/calendar.js';
import { alignBars, type AlignedBars, marketOf, PRICE_FIELDS, type SourceBars } from './align-bars.js';
import { agreementFigures, type AgreementFigures, TEN_BASIS_POINTS } from './figures.js';
import { findLevel, type SplitRatio } from './find-level.js';
import { findOutlier } from './find-outlier.js';
import { findShift } from './find-shift.js';
import { findShiftedDay, findStaleDay } from './find-wrong-day.js';
import { findStale } from './find-stale.js';
import type { Finding } from './finding.js';

/**
 * Where an asset has one exchange, all sources tell of the same trades. A coin or a pair of currencies has a price at each
 * venue, and some sources serve an average of many.
 */
const TOLERANCE = { exchange: TEN_BASIS_POINTS, venues: 0.005 };

export interface ComparedSession {
  calendar: CalendarId;
  session: Session;
  /** Bars of the session, ascending; daily bars from the session before on, if it has one. */
  source: SourceBars;
  other: SourceBars;
  /** Ratios of the splits that either source knows. */
  splits: readonly SplitRatio[];
}

/** Compares two sources of one session. @returns figures, and the gravest difference that is no ordinary one */
export function compareSources(compared: ComparedSession): { figures: AgreementFigures; finding: Finding | null } {
  const { calendar, session, source, other } = compared;
  const aligned = alignBars(calendar, session, source, other);
  const figures = agreementFigures(aligned);
  return { figures, finding: aligned.time.length === 0 ? null : findingOf(compared, aligned, figures) };
}

function findingOf(
  { calendar, source, other, splits }: ComparedSession,
  aligned: AlignedBars,
  { tick }: AgreementFigures,
): Finding | null {
  const market = marketOf(calendar);
  const tolerance = TOLERANCE[market];
  const level = findLevel(aligned, { tolerance, tick, splits });
  if (level && level.kind !== 'level') return level;
  const isDay = source.timeframe === '1d' && other.timeframe === '1d';
  const stale = isDay
    ? findStaleDay(aligned, source, other, { tolerance })
    : findStale(source, other, { tick, market });
  const shift = () =>
    isDay ? findShiftedDay(aligned, source, other, { tolerance }) : findShift(source, other, { tick });
  // high and low of a source that takes samples are not those of the trades
  const fields = market === 'venues' ? (['open', 'close'] as const) : PRICE_FIELDS;
  // a feed that hangs is on another level only while it does; a cheap share at rest looks as if its feed did
  if (stale && level && lengthOf(level) > lengthOf(stale)) return level;
  return stale ?? shift() ?? level ?? findOutlier(aligned, { tolerance, tick, fields });
}

const lengthOf = ({ from, to }: Finding): number => to - from;

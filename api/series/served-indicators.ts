import type { BarReader, CloseColumns, IndicatorColumns, MixedCloses } from '../../db/repositories/read/bar-reader.js';
import { storedIndicators } from '../../domain/indicators/stored-indicators.js';
import { fillSource } from '../../domain/series/merge-sources.js';
import type { Part } from './served-bars.js';
import { storedSeriesOf, type SeriesSpec } from './series-spec.js';

/** Indicators of served bars, and which source of the spec each bar is from; null if all are of the first. */
export interface ServedIndicators {
  indicators: IndicatorColumns;
  source: number[] | null;
}

/**
 * The indicators of served bars that are stored: those stored with the bars of the first source, unless a bar of a later
 * source is among the bars that they are computed from.
 */
export async function servedIndicatorsOf(bars: BarReader, spec: SeriesSpec, part: Part): Promise<ServedIndicators> {
  const [, ...later] = spec.sources;
  const request = { ...part, ...storedSeriesOf(spec) };
  if (later.length === 0) return { indicators: await bars.indicators(request), source: null };
  const { page, mixed } = await bars.servedIndicators(
    request,
    later.map(({ id }) => id),
  );
  return mixed === null ? { indicators: page, source: null } : computed(spec, part, mixed);
}

function computed(
  { rules: { calendar } }: SeriesSpec,
  { from, newest, limit }: Part,
  { page, fill, look, cut, before }: MixedCloses,
): ServedIndicators {
  const first: CloseColumns = {
    time: look.time.concat(page.time),
    session: look.session.concat(page.session),
    close: look.close.concat(page.close),
  };
  const { rank, ...filling } = fill;
  const merged = fillSource<CloseColumns>(first, filling, rank);
  const known = indexFrom(merged.columns.time, cut ?? Number.NEGATIVE_INFINITY);
  const [time, sessions, closes] = (['time', 'session', 'close'] as const).map((column) =>
    merged.columns[column].slice(known),
  ) as [number[], string[], number[]];
  const source = merged.source.slice(known);
  // a full page of the newest bars begins with its oldest one
  const isFull = newest && page.time.length === limit;
  const inPart = indexFrom(time, isFull ? page.time[0]! : (from ?? Number.NEGATIVE_INFINITY));
  const begin = newest ? Math.max(inPart, time.length - limit) : inPart;
  const end = newest ? time.length : begin + limit;
  const previousSession = (session: string) => calendar.previousSession(session)?.date ?? null;
  const stored = storedIndicators({
    closes: closes.slice(0, end),
    sessions: sessions.slice(0, end),
    from: begin,
    previousSession,
    closeBefore: before && sessions[0] && before.session === previousSession(sessions[0]) ? before.close : null,
  });
  const indicators = { time: time.slice(begin, end), close: closes.slice(begin, end), ...stored };
  return { indicators, source: source.slice(begin, end) };
}

/** The first index whose time is not before an instant. @param times ascending */
function indexFrom(times: readonly number[], instant: number): number {
  const index = times.findIndex((time) => time >= instant);
  return index === -1 ? times.length : index;
}

import { seriesBehind, servedAsStored } from '../../../config/catalog/series-behind.js';
import { rulesOf } from '../../../config/catalog/series-rules.js';
import { keyOf, type SeriesKey } from '../../../domain/bar.js';
import { slotsOf } from '../../../domain/calendars/slots.js';
import { type DueSession, dueSessions, type SeriesRules } from '../../../domain/coverage/due-sessions.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import type { AssetRow } from '../read/asset-reader.js';
import { beginOf, type CoveredSeries, dueUntil, partsOf, readRejectedSlots } from './covered-series.js';

/** What is served of an asset in one timeframe, by its key: the series of its sources together. */
export interface ServedSeries extends SeriesKey {
  /** In the order in which they are served, but those that are paused come last. At least one. */
  sources: readonly CoveredSeries[];
  /** The first bar of any, epoch ms; null while there is none. */
  firstBar: number | null;
}

/**
 * What is served of an asset, by timeframe, shortest first.
 * @param sources of the asset that are served, by rank
 * @param covered all series of these sources
 */
export function servedSeriesOf(
  { id }: AssetRow,
  sources: readonly AssetRow[],
  covered: readonly CoveredSeries[],
): ServedSeries[] {
  const known = new Map(covered.map((series) => [keyOf(series), series]));
  return servedAsStored(sources).map((timeframe) => {
    const series = seriesBehind(sources, timeframe).flatMap((key) => known.get(keyOf(key)) ?? []);
    // what a paused source lacks is not requested, so another one decides about it
    const ordered = [...series].sort((a, b) => Number(b.active) - Number(a.active));
    const begun = series.flatMap(({ firstBar }) => firstBar ?? []);
    return { assetId: id, timeframe, sources: ordered, firstBar: begun.length > 0 ? Math.min(...begun) : null };
  });
}

/** Series whose sources have the same due sessions, except that each source begins at its own first bar. */
export interface ServedGroup {
  /** Those of the first source. */
  rules: SeriesRules;
  series: readonly ServedSeries[];
  /** Of each source, its due sessions in slots of the served timeframe. */
  sources: readonly SourceOfGroup[];
  /** Of all sources together, ascending. */
  due: DueSession[];
}

interface SourceOfGroup {
  /** In the served timeframe. */
  rules: SeriesRules;
  /** The timeframe that it stores: the served one or a shorter one. */
  timeframe: StoredTimeframe;
  /** The series that have a bar, in the order of the group's series. */
  series: readonly (CoveredSeries & { servedId: number; firstBar: number })[];
  due: DueSession[];
}

/** Groups the series that have a first bar. @param now market clock, epoch ms */
export function* servedGroupsOf(served: readonly ServedSeries[], now: number): Generator<ServedGroup> {
  const likeOf = ({ timeframe, sources }: ServedSeries) =>
    [timeframe, ...sources.flatMap((one) => [one.exchange, one.provider, one.timeframe, one.endsAt])].join('/');
  const groups = Map.groupBy(
    served.filter(({ firstBar }) => firstBar !== null),
    likeOf,
  );
  for (const series of [...groups.values()].flatMap((group) => [...partsOf(group)])) {
    const sources = series[0]!.sources.map((_, i) => sourceOf(series, i, now));
    const latest = new Map<string, DueSession>();
    for (const due of sources.flatMap((source) => source.due))
      if (due.due > (latest.get(due.session.date)?.due ?? 0)) latest.set(due.session.date, due);
    const due = [...latest.values()].sort((a, b) => a.session.open - b.session.open);
    yield { rules: sources[0]!.rules, series, sources, due };
  }
}

function sourceOf(served: readonly ServedSeries[], i: number, now: number): SourceOfGroup {
  const { timeframe, sources } = served[0]!;
  const rules: SeriesRules = { ...rulesOf(sources[i]!), timeframe };
  const series = served.flatMap(({ assetId: servedId, sources: own }) => {
    const { firstBar } = own[i]!;
    if (firstBar === null) return [];
    const isShorter = own[i]!.timeframe !== timeframe;
    return [{ ...own[i]!, servedId, firstBar: isShorter ? slotAround(rules, firstBar) : firstBar }];
  });
  const earliest = series.reduce((least, { firstBar }) => Math.min(least, firstBar), Number.POSITIVE_INFINITY);
  const due = series.length === 0 ? [] : dueSessions(rules, earliest, dueUntil(sources[i]!, now));
  return { rules, timeframe: sources[i]!.timeframe, series, due };
}

/** The slot that a bar of a shorter timeframe lies in, epoch ms. */
function slotAround({ calendar, timeframe }: SeriesRules, time: number): number {
  const session = calendar.sessionAt(time);
  return (session && slotsOf(calendar.id, timeframe, session).findLast((slot) => slot <= time)) ?? time;
}

/** The parameters of the statements in served-states.sql.ts, for the due sessions of a group. */
export async function parametersOf(db: Queryable, group: ServedGroup): Promise<unknown[]> {
  const dates = new Set(group.due.map(({ session }) => session.date));
  const wanted = group.sources.map(({ due, ...source }) => ({
    ...source,
    due: due.flatMap((one) => (dates.has(one.session.date) ? [{ ...one, ...ownSlotsOf(source, one) }] : [])),
  }));
  const due = wanted.flatMap((source, i) => source.due.map((one) => ({ i, ...one })));
  const series = wanted.flatMap(({ rules, series: all }, i) =>
    all.map((one) => ({ i, ...one, begin: beginOf(rules, one.firstBar) })),
  );
  const bySource: Awaited<ReturnType<typeof readRejectedSlots>>[] = [];
  for (const { rules, timeframe, series: own, due: ofSource } of wanted) {
    const inOwnSlots = ofSource.map(({ ownSlots, ...one }) => ({ ...one, slots: ownSlots }));
    const inOwn = { rules: { ...rules, timeframe }, series: [...own], due: inOwnSlots };
    bySource.push(await readRejectedSlots(db, inOwn));
  }
  const rejected = bySource.flat();
  return [
    due.map(({ i }) => i),
    due.map(({ session }) => session.date),
    due.map(({ slots }) => slots),
    due.map((one) => one.due),
    due.map(({ beyond }) => beyond),
    due.map(({ ownSlots }) => ownSlots),
    due.map(({ parts }) => parts && `{${parts.join()}}`),
    series.map(({ servedId }) => servedId),
    series.map(({ i }) => i),
    series.map(({ assetId }) => assetId),
    series.map(({ timeframe }) => timeframe),
    series.map(({ begin }) => begin.session),
    series.map(({ begin }) => begin.slot),
    rejected.map(({ assetId }) => assetId),
    rejected.map(({ session }) => session),
    rejected.map(({ bits }) => bits),
  ];
}

/** How many slots of its own timeframe a source has in a session, and the number of the first of them in each served slot. */
function ownSlotsOf(
  { rules: { calendar, timeframe: served }, timeframe }: Omit<SourceOfGroup, 'due'>,
  { session, slots }: DueSession,
): { ownSlots: number; parts: number[] | null } {
  if (timeframe === served) return { ownSlots: slots, parts: null };
  const own = slotsOf(calendar.id, timeframe, session);
  let next = 0;
  const parts = slotsOf(calendar.id, served, session).map((slot) => {
    while (next < own.length && own[next]! < slot) next++;
    return next;
  });
  return { ownSlots: own.length, parts };
}

import { SERIES_OF_KINDS } from '../../../config/catalog/kinds-of-providers.js';
import { isAsked, PROVIDER_IDS, type ProviderId } from '../../../config/catalog/providers.js';
import { rulesOf } from '../../../config/catalog/series-rules.js';
import type { SeriesKey } from '../../../domain/bar.js';
import { utcDate } from '../../../domain/calendars/dates.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import { slotsOf } from '../../../domain/calendars/slots.js';
import { type DueSession, dueSessions, placeOf, type SeriesRules } from '../../../domain/coverage/due-sessions.js';
import { DAY, type StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { epochMs } from '../../columns.js';
import { IS_REQUESTED } from '../read/active-assets.js';

const IMPORTED = PROVIDER_IDS.filter((id) => !isAsked(id));

/** A series with all that determines its expected bars. */
export interface CoveredSeries extends SeriesKey {
  symbol: string;
  /** The asset that it is of a further source of; null for the first source. */
  sourceOf: number | null;
  exchange: CalendarId;
  provider: ProviderId;
  /** Whether runs request it. */
  active: boolean;
  /** Epoch ms; null while no bar was ever loaded: then no bar is expected. */
  firstBar: number | null;
  /** Of a series that is imported: end of the last bar of its files, epoch ms, after which none is expected; else null. */
  endsAt: number | null;
}

/** When a series of own files ends, of the rows `a` of assets and `s` of series; null for what is requested. */
export const ENDS_AT = `case when a.provider in (${IMPORTED.map((id) => `'${id}'`).join(', ')}) then (
  select ${epochMs('max(p.window_to)')} from raw_payloads p where p.asset_id = s.asset_id and p.timeframe = s.timeframe) end`;

export interface SeriesFilter {
  assetIds?: readonly number[];
  timeframes?: readonly StoredTimeframe[];
}

/** All possible series, by asset and then timeframe: each asset in each of its timeframes. */
export async function coveredSeries(db: Queryable, filter: SeriesFilter = {}): Promise<CoveredSeries[]> {
  const { assetIds = null, timeframes } = filter;
  const wanted = SERIES_OF_KINDS.filter(({ timeframe }) => timeframes?.includes(timeframe) ?? true);
  const { rows } = await db.query<CoveredSeries>({
    name: 'covered-series',
    text: `select a.id as "assetId", a.symbol, a.source_of as "sourceOf", a.exchange, a.provider, ${IS_REQUESTED} as active, t.timeframe,
        ${epochMs('s.first_bar')} as "firstBar", ${ENDS_AT} as "endsAt"
      from assets a join unnest($1::provider[], $2::text[], $3::timeframe[]) t(provider, kind, timeframe)
        on t.provider = a.provider and t.kind = a.kind
      left join series s on s.asset_id = a.id and s.timeframe = t.timeframe
      where asset_problem(a) is null and ($4::int[] is null or a.id = any($4::int[]))
      order by a.id, t.timeframe`,
    values: [
      wanted.map(({ provider }) => provider),
      wanted.map(({ kind }) => kind),
      wanted.map(({ timeframe }) => timeframe),
      assetIds,
    ],
  });
  return rows;
}

/** Until when bars of a series are due, epoch ms. @param now market clock */
export const dueUntil = ({ endsAt }: Pick<CoveredSeries, 'endsAt'>, now: number): number =>
  Math.min(now, endsAt ?? now);

/** Series with the same due sessions, except that each begins at its own first bar. */
export interface SeriesGroup {
  rules: SeriesRules;
  series: (CoveredSeries & { firstBar: number })[];
  /** From the earliest first bar on. */
  due: DueSession[];
}

/** Larger groups come in parts: the answer to a statement is read in one turn of the event loop. */
const SERIES_OF_GROUP = 250;

/** The parts of a group. */
export function* partsOf<T>(members: readonly T[]): Generator<T[]> {
  for (let i = 0; i < members.length; i += SERIES_OF_GROUP) yield members.slice(i, i + SERIES_OF_GROUP);
}

/** Groups the series that have a first bar. @param now market clock, epoch ms */
export function* groupsOf(series: readonly CoveredSeries[], now: number): Generator<SeriesGroup> {
  const begun = series.filter((one): one is SeriesGroup['series'][number] => one.firstBar !== null);
  const groups = Map.groupBy(begun, ({ exchange, provider, timeframe, endsAt }) =>
    [exchange, provider, timeframe, endsAt].join('/'),
  );
  for (const members of [...groups.values()].flatMap((group) => [...partsOf(group)])) {
    const rules = rulesOf(members[0]!);
    const earliest = members.reduce((least, { firstBar }) => Math.min(least, firstBar), Number.POSITIVE_INFINITY);
    yield { rules, series: members, due: dueSessions(rules, earliest, dueUntil(members[0]!, now)) };
  }
}

/** The parameters of the statements in coverage-states.sql.ts. */
export async function parametersOf(db: Queryable, group: SeriesGroup): Promise<unknown[]> {
  const { rules, series, due } = group;
  const begins = series.map(({ firstBar }) => beginOf(rules, firstBar));
  const rejected = await readRejectedSlots(db, group);
  return [
    rules.timeframe,
    due.map(({ session }) => session.date),
    due.map(({ slots }) => slots),
    due.map((each) => each.due),
    due.map(({ beyond }) => beyond),
    series.map(({ assetId }) => assetId),
    begins.map(({ session }) => session),
    begins.map(({ slot }) => slot),
    rejected.map(({ assetId }) => assetId),
    rejected.map(({ session }) => session),
    rejected.map(({ bits }) => bits),
  ];
}

/** The session of a series' first bar, and the number of its slots before that bar. */
export function beginOf({ calendar, timeframe }: SeriesRules, firstBar: number): { session: string; slot: number } {
  const place = placeOf(calendar, timeframe, firstBar);
  if (place) return { session: place.session.date, slot: place.index };
  // a bar outside all slots: the next slot is the first expected one
  const session = calendar.sessionAt(firstBar);
  if (!session) return { session: utcDate(firstBar), slot: 0 };
  const slots = slotsOf(calendar.id, timeframe, session);
  return { session: session.date, slot: slots.filter((slot) => slot < firstBar).length };
}

/** Slots of due sessions that have no bar because its row broke a rule; one bit per slot. */
export async function readRejectedSlots(
  db: Queryable,
  { rules: { calendar, timeframe }, series, due }: SeriesGroup,
): Promise<{ assetId: number; session: string; bits: string }[]> {
  const [oldest] = due;
  if (!oldest) return [];
  const { rows } = await db.query<{ assetId: number; times: number[] }>({
    name: 'coverage-rejected',
    text: `select r.asset_id as "assetId", array_agg(distinct ${epochMs('r.time')}) as times
      from rejected_bars r
      where r.timeframe = $1 and r.asset_id = any($2::int[]) and r.state = 'open' and r.time >= $3 and not exists (
        select 1 from bars b where b.asset_id = r.asset_id and b.timeframe = r.timeframe and b.time = r.time)
      group by r.asset_id`,
    values: [timeframe, series.map(({ assetId }) => assetId), new Date(oldest.session.open - DAY)],
  });
  const slots = new Map(due.map((each) => [each.session.date, each.slots]));
  return rows.flatMap(({ assetId, times }) => {
    const places = times.flatMap((time) => placeOf(calendar, timeframe, time) ?? []);
    const bySession = Map.groupBy(places, ({ session }) => session.date);
    return [...bySession].flatMap(([session, ofSession]) => {
      const bits = Array.from({ length: slots.get(session) ?? 0 }, () => '0');
      for (const { index } of ofSession) bits[index] = '1';
      return slots.has(session) ? [{ assetId, session, bits: bits.join('') }] : [];
    });
  });
}

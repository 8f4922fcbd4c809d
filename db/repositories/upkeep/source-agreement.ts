import { compareSources } from '../../../domain/agreement/compare-sources.js';
import type { SourceBars } from '../../../domain/agreement/align-bars.js';
import type { SplitRatio } from '../../../domain/agreement/find-level.js';
import type { CalendarId, Session } from '../../../domain/calendars/calendar.js';
import { midnightOf } from '../../../domain/calendars/dates.js';
import { calendarOf, closuresOn } from '../../../domain/calendars/index.js';
import { DAY, isDateLabelled, type StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { sourceAgreement } from '../../schema/index.js';
import { wholeRow } from '../../columns.js';
import { BarReader } from '../read/bar-reader.js';

/** Two sources of an asset, and a session that both have as a whole. */
export interface ComparableSession {
  assetId: number;
  sourceId: number;
  otherId: number;
  exchange: CalendarId;
  /** A timeframe that both have; the shortest of each, if they have none in common. */
  sourceTimeframe: StoredTimeframe;
  otherTimeframe: StoredTimeframe;
  /** Of the comparison: the longer one. */
  timeframe: StoredTimeframe;
  session: string;
  splits: SplitRatio[];
  /** The snapshot in which it was found; its bars are read in this one or a later one. */
  asOf: string;
}

export type Comparison = Omit<typeof sourceAgreement.$inferSelect, 'comparedAt'>;

/** Daily bars are compared with those of the session before, too. */
const DAYS_BEFORE = 10 * DAY;

/** The days that this process knows as closed, for SQL. Their coverage is kept, in case they are reopened. */
const closedDays = (): string => JSON.stringify([...closuresOn('file'), ...closuresOn('database')]);
const isClosed = (exchange: string, session: string, closed: string) =>
  `exists (select 1 from jsonb_to_recordset(${closed}::jsonb) x(exchange text, date date)
      where x.exchange = ${exchange} and x.date = ${session})`;

/**
 * Sessions that payloads cover as a whole at both sources of an asset, from `since` on. An asset with a split that is not
 * applied at one of them is left out: until then, its sources may be on two price levels. $1 since, $2 asset or null, $3
 * closedDays().
 */
const COMPARABLE = `
  with sources as materialized ( -- asset_problem is slow
    select s.id, coalesce(s.source_of, s.id) as asset_id, s.exchange from assets s
    where exists (select 1 from assets f where f.source_of = coalesce(s.source_of, s.id)) and asset_problem(s) is null
      and ($2::int is null or coalesce(s.source_of, s.id) = $2)
      and not exists (select 1 from splits p where p.asset_id = s.id and p.is_due)
  ),
  pairs as materialized (
    select f.asset_id, f.id as source_id, o.id as other_id, f.exchange
    from sources f join sources o on o.asset_id = f.asset_id and o.id > f.id
  ),
  series_pairs as materialized (
    select p.*, a.timeframe as source_timeframe, b.timeframe as other_timeframe, greatest(a.timeframe, b.timeframe) as timeframe
    from pairs p join series a on a.asset_id = p.source_id join series b on b.asset_id = p.other_id
    where a.timeframe = b.timeframe
      or not exists (
          select 1 from series x join series y using (timeframe) where x.asset_id = p.source_id and y.asset_id = p.other_id)
        and a.timeframe = (select min(timeframe) from series where asset_id = p.source_id)
        and b.timeframe = (select min(timeframe) from series where asset_id = p.other_id)
  ),
  comparable as materialized (
    select t.*, c.session
    from series_pairs t
    join coverage c on c.asset_id = t.source_id and c.timeframe = t.source_timeframe
    join coverage d on d.asset_id = t.other_id and d.timeframe = t.other_timeframe and d.session = c.session
    where c.session >= $1::date and not c.dirty and c.expected > 0 and bit_count(c.answered_slots) = c.expected
      and not d.dirty and d.expected > 0 and bit_count(d.answered_slots) = d.expected
      and not ${isClosed('t.exchange', 'c.session', '$3')}
  )`;

/** Comparisons whose bars of one side have changed since. */
const changedOf = (side: 'source' | 'other') => `
  select source_id, other_id, c.timeframe, session
  from comparable c join source_agreement a using (source_id, other_id, timeframe, session)
  join bar_changes k on k.asset_id = c.${side}_id and k.timeframe = c.${side}_timeframe
  where k.xid >= pg_snapshot_xmin(a.as_of) and k.xid < pg_snapshot_xmax(pg_current_snapshot())
    and not pg_visible_in_snapshot(k.xid, a.as_of)
    and k.first_time < c.session + interval '2 days'
    and k.last_time >= c.session - case when c.timeframe = '1d' then interval '10 days' else interval '1 day' end`;

/**
 * Whether a comparison is missing, or bars have changed since. A snapshot that lies in the future is one of another server,
 * from a restored dump. A daily bar matters to the sessions of the following days, too.
 */
const OUTDATED = `
  select c.*, pg_current_snapshot() as as_of
  from comparable c left join source_agreement a using (source_id, other_id, timeframe, session)
  where a.as_of is null or pg_snapshot_xmax(a.as_of) > pg_snapshot_xmax(pg_current_snapshot())
    or (source_id, other_id, timeframe, session) in (${changedOf('source')} union all ${changedOf('other')})`;

const SELECTED = `
  o.asset_id as "assetId", o.source_id as "sourceId", o.other_id as "otherId", o.exchange, o.source_timeframe as "sourceTimeframe",
  o.other_timeframe as "otherTimeframe", o.timeframe, o.session::text, o.as_of as "asOf",
  (select coalesce(json_agg(distinct jsonb_build_object('numerator', p.numerator, 'denominator', p.denominator)), '[]')
    from splits p where p.asset_id in (o.source_id, o.other_id)) as splits`;

/** Sessions from `since` (YYYY-MM-DD) on that are to be compared, or compared once more; newest first. */
export async function sessionsToCompare(
  db: Queryable,
  { since, limit }: { since: string; limit: number },
): Promise<ComparableSession[]> {
  const { rows } = await db.query<ComparableSession>(
    `${COMPARABLE}, outdated as (${OUTDATED})
    select ${SELECTED} from outdated o
    order by o.session desc, o.source_id, o.other_id, o.timeframe limit $4`,
    [since, null, closedDays(), limit],
  );
  return rows;
}

/** The stored comparisons of an asset that no change of bars has outdated, oldest first, with what they are made of. */
export async function currentComparisons(
  db: Queryable,
  assetId: number,
): Promise<{ pair: ComparableSession; stored: Comparison }[]> {
  const { rows } = await db.query<{ pair: ComparableSession; stored: Comparison & { comparedAt: string } }>(
    `${COMPARABLE}, outdated as (${OUTDATED}), o as (
      select c.*, a.as_of from comparable c join source_agreement a using (source_id, other_id, timeframe, session)
      where not exists (
        select 1 from outdated d where d.source_id = c.source_id and d.other_id = c.other_id and d.timeframe = c.timeframe
          and d.session = c.session))
    select (select row_to_json(p) from (select ${SELECTED}) p) as pair,
      (select row_to_json(p) from (select ${wholeRow(sourceAgreement, 'a')}) p) as stored
    from o join source_agreement a using (source_id, other_id, timeframe, session)
    order by o.session, o.source_id, o.other_id, o.timeframe`,
    ['-infinity', assetId, closedDays()],
  );
  return rows.map(({ pair, stored: { findingFrom, findingTo, comparedAt: _, ...stored } }) => ({
    pair,
    stored: {
      ...stored,
      findingFrom: findingFrom && new Date(findingFrom),
      findingTo: findingTo && new Date(findingTo),
    },
  }));
}

/** Assets with comparisons. */
export async function comparedAssets(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ assetId: number }>(
    `select distinct asset_id as "assetId" from source_agreement order by 1`,
  );
  return rows.map(({ assetId }) => assetId);
}

/** Compares the stored bars of a session; null if its calendar has no such session. */
export async function compareSession(db: Queryable, pair: ComparableSession): Promise<Comparison | null> {
  const { assetId, sourceId, otherId, timeframe, asOf, exchange, splits } = pair;
  const session = calendarOf(exchange).sessionOn(pair.session);
  if (!session) return null;
  const source = await readBars(db, sourceId, pair.sourceTimeframe, session);
  const other = await readBars(db, otherId, pair.otherTimeframe, session);
  const { figures, finding } = compareSources({ calendar: exchange, session, source, other, splits });
  return {
    ...{ assetId, sourceId, otherId, timeframe, session: pair.session, asOf },
    ...figures,
    finding: finding?.kind ?? null,
    findingFrom: finding && new Date(finding.from),
    findingTo: finding && new Date(finding.to),
    findingBars: finding?.bars ?? null,
    evidence: finding?.evidence ?? null,
  };
}

async function readBars(
  db: Queryable,
  assetId: number,
  timeframe: StoredTimeframe,
  session: Session,
): Promise<SourceBars> {
  const midnight = midnightOf(session.date);
  const [from, to] = isDateLabelled(timeframe)
    ? [midnight - (timeframe === '1d' ? DAYS_BEFORE : 0), midnight + 1]
    : [session.open, session.close];
  const bars = await new BarReader(db).prices({ assetId, timeframe, from, to, newest: false, limit: 10_000 });
  return { timeframe, bars };
}

/** Name of each column in the table, by its key. */
const COLUMNS = Object.entries({
  ...{ assetId: 'asset_id', sourceId: 'source_id', otherId: 'other_id', timeframe: 'timeframe', session: 'session' },
  ...{ bars: 'bars', onlySource: 'only_source', onlyOther: 'only_other', beyondTick: 'beyond_tick' },
  ...{ beyond10bp: 'beyond_10bp', tick: 'tick', prices: 'prices', volumeRatio: 'volume_ratio' },
  ...{
    returnCorrelation: 'return_correlation',
    finding: 'finding',
    findingFrom: 'finding_from',
    findingTo: 'finding_to',
  },
  ...{ findingBars: 'finding_bars', evidence: 'evidence', asOf: 'as_of' },
} satisfies Record<keyof Comparison, string>);
const NAMES = COLUMNS.map(([, name]) => name).join(', ');
const VALUES = COLUMNS.map(([, name]) => `excluded.${name}`).join(', ');

/** Stores comparisons in place of earlier ones of the same sessions. */
export async function storeComparisons(db: Queryable, compared: readonly Comparison[]): Promise<void> {
  if (compared.length === 0) return;
  const rows = compared.map((one) =>
    Object.fromEntries(COLUMNS.map(([key, name]) => [name, one[key as keyof Comparison]])),
  );
  await db.query(
    `insert into source_agreement (${NAMES}, compared_at)
    select ${NAMES}, now() from jsonb_populate_recordset(null::source_agreement, $1::jsonb)
    order by source_id, other_id, timeframe, session -- every writer in the same order: no deadlock
    on conflict (source_id, other_id, timeframe, session) do update set (${NAMES}, compared_at) = (${VALUES}, excluded.compared_at)`,
    [JSON.stringify(rows)],
  );
}

/** Deletes comparisons of sessions that are none: days that are closed now, and those without coverage. */
export async function deleteUncovered(db: Queryable): Promise<void> {
  await db.query(
    `delete from source_agreement a where exists (
      select 1 from unnest(array[a.source_id, a.other_id]) as side(id)
      where not exists (select 1 from coverage c where c.asset_id = side.id and c.session = a.session))
      or exists (select 1 from assets s where s.id = a.asset_id and ${isClosed('s.exchange', 'a.session', '$1')})`,
    [closedDays()],
  );
}

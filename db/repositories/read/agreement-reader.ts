import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Evidence, FindingKind } from '../../../domain/agreement/finding.js';
import type { CalendarId } from '../../../domain/calendars/calendar.js';
import type { StoredTimeframe } from '../../../domain/timeframe.js';
import type { Queryable } from '../../client.js';
import { wholeRow } from '../../columns.js';
import { sourceAgreement } from '../../schema/index.js';

/** Two sources of an asset compared over one session. */
export interface StoredComparison extends Omit<typeof sourceAgreement.$inferSelect, 'asOf'> {
  symbol: string;
  /** Providers of the two. */
  source: ProviderId;
  other: ProviderId;
}

/** The place of a comparison in their order. */
export type ComparisonPlace = Pick<StoredComparison, 'session' | 'assetId' | 'timeframe' | 'sourceId' | 'otherId'>;

export interface ComparisonFilter {
  assetId?: number | undefined;
  timeframe?: StoredTimeframe | undefined;
  /** Providers that are one of the two. */
  sources?: readonly ProviderId[] | undefined;
  /** Trading dates, half-open. */
  first?: string | undefined;
  end?: string | undefined;
  /** Only comparisons with a finding of these kinds. */
  findings?: readonly FindingKind[] | undefined;
  /** The last comparison of the page before. */
  after?: ComparisonPlace | undefined;
  limit: number;
}

const PAGE = `
  select ${wholeRow(sourceAgreement, 'c')}, c.session::text, a.symbol, f.provider as source, o.provider as other
  from source_agreement c
  join assets a on a.id = c.asset_id and asset_problem(a) is null
  join assets f on f.id = c.source_id
  join assets o on o.id = c.other_id
  where ($1::int is null or c.asset_id = $1) and ($2::timeframe is null or c.timeframe = $2)
    and ($3::provider[] is null or $3 <@ array[f.provider, o.provider])
    and c.session >= coalesce($4::date, '-infinity') and c.session < coalesce($5::date, 'infinity')
    and ($6::text[] is null or c.finding = any($6))
    and ($7::date is null or (-(c.session - date '2000-01-01'), c.asset_id, c.timeframe, c.source_id, c.other_id)
      > (-($7 - date '2000-01-01'), $8::int, $9::timeframe, $10::int, $11::int))
  order by c.session desc, c.asset_id, c.timeframe, c.source_id, c.other_id
  limit $12`;

/** Assets with a finding, by kind. */
export interface FindingCount {
  symbol: string;
  source: ProviderId;
  other: ProviderId;
  kind: FindingKind;
  sessions: number;
}

const COUNTS = `
  select a.symbol, f.provider as source, o.provider as other, c.finding as kind, count(distinct c.session)::int as sessions
  from source_agreement c
  join assets a on a.id = c.asset_id and a.active and asset_problem(a) is null
  join assets f on f.id = c.source_id
  join assets o on o.id = c.other_id
  where c.finding is not null and c.session >= $1::date
  group by 1, 2, 3, 4 order by 1, 2, 3, 4`;

/** Comparisons of the sources of assets. */
export class AgreementReader {
  constructor(private readonly db: Queryable) {}

  /** Newest session first. */
  async page(only: ComparisonFilter): Promise<StoredComparison[]> {
    const { after } = only;
    const { rows } = await this.db.query<StoredComparison>(PAGE, [
      ...[only.assetId, only.timeframe, only.sources, only.first, only.end, only.findings],
      ...[after?.session, after?.assetId, after?.timeframe, after?.sourceId, after?.otherId],
      only.limit,
    ]);
    return rows;
  }

  /** How many sessions from `since` (YYYY-MM-DD) on show each kind of finding, by tracked asset and pair of sources. */
  async findingCounts(since: string): Promise<FindingCount[]> {
    return (await this.db.query<FindingCount>(COUNTS, [since])).rows;
  }
}

/** A finding of the newest comparison of two sources. */
export interface CurrentFinding extends Pick<StoredComparison, 'symbol' | 'source' | 'other' | 'session'> {
  exchange: CalendarId;
  kind: FindingKind;
  evidence: Evidence;
}

/** The findings of the newest comparison of each pair of sources that are served, from a trading date (YYYY-MM-DD) on. */
export async function currentFindings(db: Queryable, since: string): Promise<CurrentFinding[]> {
  const { rows } = await db.query<CurrentFinding>(
    `select a.symbol, a.exchange, f.provider as source, o.provider as other, c.session::text, c.finding as kind, c.evidence
    from source_agreement c
    join assets a on a.id = c.asset_id and a.active and asset_problem(a) is null
    join assets f on f.id = c.source_id and f.role = 'serve'
    join assets o on o.id = c.other_id and o.role = 'serve'
    where c.finding is not null and c.session >= $1::date and not exists (
      select 1 from source_agreement n
      where n.source_id = c.source_id and n.other_id = c.other_id and n.timeframe = c.timeframe and n.session > c.session)
    order by a.symbol, source, other, c.timeframe`,
    [since],
  );
  return rows;
}

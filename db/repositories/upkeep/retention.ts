import type { Queryable } from '../../client.js';

/** Bodies per statement, which then takes a fraction of a second: nothing waits long for a row lock. */
const AT_ONCE = 500;
/** Statements of one call, which take about two minutes; the rest is left to the next call. */
const STATEMENTS = 240;

/** Deletes the steps of runs that are older than 30 days. @returns how many */
export async function pruneSteps(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(`delete from pipeline_run_steps where started_at < now() - interval '30 days'`);
  return rowCount ?? 0;
}

/** Deletes the records of requests that are older than 30 days. @returns how many */
export async function pruneCalls(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(`delete from provider_calls where started_at < now() - interval '30 days'`);
  return rowCount ?? 0;
}

/**
 * The oldest bodies of one series of payloads that are past the retention. They are deleted oldest first, so the remaining
 * ones lie after the last one deleted, which the index finds from the end of the retention backwards.
 */
const overdue = (isOfSeries: (payload: string) => string): string => `
  select p.id from raw_payloads p
  where ${isOfSeries('p')} and p.body is not null and p.fetched_at < now() - make_interval(days => $1)
    and p.fetched_at >= coalesce((
      select q.fetched_at from raw_payloads q
      where ${isOfSeries('q')} and q.body is null and q.fetched_at < now() - make_interval(days => $1)
      order by q.fetched_at desc limit 1), '-infinity')
  order by p.fetched_at limit $2`;

/**
 * The times that a loaded batch keeps go with the body of its payload. They show an older payload that a later one
 * confirmed a value, and an older payload can no longer arrive: its body is gone too, and the run that fetched it ended long
 * ago. Payloads that a split not yet applied holds back may be older, so then the times stay.
 */
const PRUNE = `
  with due as (
    select o.id from assets a cross join unnest(enum_range(null::timeframe)) t(timeframe)
    cross join lateral (${overdue((p) => `${p}.asset_id = a.id and ${p}.timeframe = t.timeframe`)}) o
    union all (${overdue((p) => `${p}.asset_id is null and ${p}.timeframe is null`)})
    limit $2
  ), pruned as (
    update raw_payloads p set body = null from due where p.id = due.id returning p.id, p.asset_id
  ), emptied as (
    update batches b set times = '{}' from pruned f
    where b.payload_id = f.id and b.state = 'loaded' and not exists (
      select 1 from splits s where s.asset_id = f.asset_id and s.is_due)
  )
  select count(*)::int as pruned from pruned`;

/**
 * Deletes the bodies of payloads that were fetched more than `retentionDays` ago, up to 10,000. Their rows stay, for
 * lineage: url, hash, size and times.
 * @returns how many bodies it deleted
 */
export async function pruneBodies(db: Queryable, retentionDays: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < STATEMENTS; i++) {
    const { rows } = await db.query<{ pruned: number }>(PRUNE, [retentionDays, AT_ONCE]);
    total += rows[0]!.pruned;
    if (rows[0]!.pruned < AT_ONCE) break;
  }
  return total;
}

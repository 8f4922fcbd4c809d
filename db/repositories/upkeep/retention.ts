import type pg from 'pg';

/** Bodies of one statement: a fraction of a second each, so that nobody waits long for a row. */
const AT_ONCE = 500;
/** Statements of one call, which take about two minutes; the rest is left to the next call. */
const STATEMENTS = 240;

/** Deletes the steps of runs that are older than 30 days. @returns how many */
export async function pruneSteps(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(`delete from pipeline_run_steps where started_at < now() - interval '30 days'`);
  return rowCount ?? 0;
}

/** Deletes the records of requests that are older than 30 days. @returns how many */
export async function pruneCalls(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(`delete from provider_calls where started_at < now() - interval '30 days'`);
  return rowCount ?? 0;
}

/**
 * The oldest bodies of one series of payloads that are past the retention. They are forgotten oldest first, so those that
 * are left lie after the last one forgotten: that is looked up from the retention's end backwards, by the index.
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
 * With its body goes what a loaded batch keeps of its times: they tell an older answer that a value was confirmed later,
 * and an older answer can't come any more, since its own body is gone as well, and whatever run fetched it over long ago.
 * What a split that is not applied holds back may be older.
 */
const FORGET = `
  with due as (
    select o.id from assets a cross join unnest(enum_range(null::timeframe)) t(timeframe)
    cross join lateral (${overdue((p) => `${p}.asset_id = a.id and ${p}.timeframe = t.timeframe`)}) o
    union all (${overdue((p) => `${p}.asset_id is null and ${p}.timeframe is null`)})
    limit $2
  ), forgotten as (
    update raw_payloads p set body = null from due where p.id = due.id returning p.id, p.asset_id
  ), emptied as (
    update batches b set times = '{}' from forgotten f
    where b.payload_id = f.id and b.state = 'loaded' and not exists (
      select 1 from corporate_actions c where c.asset_id = f.asset_id and c.kind = 'split' and c.applied_at is null)
  )
  select count(*)::int as forgotten from forgotten`;

/**
 * Sets the bodies of payloads to null that were fetched before so many days ago. Their rows stay, for lineage: url, hash,
 * size and times.
 * @returns how many
 */
export async function pruneBodies(pool: pg.Pool, retentionDays: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < STATEMENTS; i++) {
    const { rows } = await pool.query<{ forgotten: number }>(FORGET, [retentionDays, AT_ONCE]);
    total += rows[0]!.forgotten;
    if (rows[0]!.forgotten < AT_ONCE) break;
  }
  return total;
}

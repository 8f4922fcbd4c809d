import type pg from 'pg';

/** What a database belongs to. */
export interface Instance {
  mode: 'live' | 'sandbox';
  /** Base URL of each provider. */
  providers: Record<string, string>;
  /** MARKET_CLOCK_OFFSET, seconds. */
  clockOffset: number;
}

/** Records what a database is first started with. @returns what it belongs to */
export async function claimInstance(pool: pg.Pool, wanted: Instance): Promise<Instance> {
  await pool.query(`insert into instance (mode, providers, clock_offset) values ($1, $2, $3) on conflict do nothing`, [
    wanted.mode,
    JSON.stringify(wanted.providers),
    wanted.clockOffset,
  ]);
  return (await readInstance(pool))!;
}

/** What a database belongs to; null before its first start. */
export async function readInstance(pool: pg.Pool): Promise<Instance | null> {
  const { rows } = await pool.query<Instance>(`select mode, providers, clock_offset as "clockOffset" from instance`);
  return rows[0] ?? null;
}

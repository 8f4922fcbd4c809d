import type { Queryable } from '../../client.js';

/** The installation that a database belongs to. */
export interface Instance {
  mode: 'live' | 'sandbox';
  /** Base URL of each provider. */
  providers: Record<string, string>;
  /** MARKET_CLOCK_OFFSET, seconds. */
  clockOffset: number;
}

/** Records the settings of a database's first start; later ones change nothing. @returns the recorded settings */
export async function claimInstance(db: Queryable, wanted: Instance): Promise<Instance> {
  await db.query(`insert into instance (mode, providers, clock_offset) values ($1, $2, $3) on conflict do nothing`, [
    wanted.mode,
    JSON.stringify(wanted.providers),
    wanted.clockOffset,
  ]);
  return (await readInstance(db))!;
}

/** The recorded settings; null before the first start. */
export async function readInstance(db: Queryable): Promise<Instance | null> {
  const { rows } = await db.query<Instance>(`select mode, providers, clock_offset as "clockOffset" from instance`);
  return rows[0] ?? null;
}

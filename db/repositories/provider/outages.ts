import type pg from 'pg';
import type { ProviderId } from '../../../config/catalog/providers.js';

/** Keeps a verdict; the first one stays until the outage is over. */
export async function declareOutage(pool: pg.Pool, provider: ProviderId, symptom: string): Promise<void> {
  await pool.query(
    `update provider_state set outage_since = clock_timestamp(), outage_symptom = $2 where provider = $1 and outage_since is null`,
    [provider, symptom],
  );
}

/** @returns whether there was one */
export async function endOutage(pool: pg.Pool, provider: ProviderId): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update provider_state set outage_since = null, outage_symptom = null where provider = $1 and outage_since is not null`,
    [provider],
  );
  return rowCount === 1;
}

/** Providers with a verdict that still holds. */
export async function providersInOutage(pool: pg.Pool): Promise<ProviderId[]> {
  const { rows } = await pool.query<{ provider: ProviderId }>(
    `select provider from provider_state where outage_since is not null order by provider`,
  );
  return rows.map((row) => row.provider);
}

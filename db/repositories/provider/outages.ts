import type { ProviderId } from '../../../config/catalog/providers.js';
import type { Queryable } from '../../client.js';

/** Stores an outage verdict; the first one stays until the outage is over. */
export async function declareOutage(db: Queryable, provider: ProviderId, symptom: string): Promise<void> {
  await db.query(
    `update provider_state set outage_since = clock_timestamp(), outage_symptom = $2 where provider = $1 and outage_since is null`,
    [provider, symptom],
  );
}

/** @returns whether there was an outage */
export async function endOutage(db: Queryable, provider: ProviderId): Promise<boolean> {
  const { rowCount } = await db.query(
    `update provider_state set outage_since = null, outage_symptom = null where provider = $1 and outage_since is not null`,
    [provider],
  );
  return rowCount === 1;
}

/** Providers with an outage verdict. */
export async function providersInOutage(db: Queryable): Promise<ProviderId[]> {
  const { rows } = await db.query<{ provider: ProviderId }>(
    `select provider from provider_state where outage_since is not null order by provider`,
  );
  return rows.map((row) => row.provider);
}

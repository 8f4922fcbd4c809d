import type { Queryable } from '../../client.js';

/** The installation that a database belongs to. */
export interface Instance {
  mode: 'live' | 'sandbox';
  /** Base URL of each provider. */
  providers: Record<string, string>;
  /** MARKET_CLOCK_OFFSET, seconds. */
  clockOffset: number;
}

/**
 * Records the settings of a database's first start; later ones only add the hosts of providers that were off before.
 * @returns the recorded settings, with the hosts of the wanted providers only
 */
export async function claimInstance(db: Queryable, wanted: Instance): Promise<Instance> {
  await db.query(
    `insert into instance (mode, providers, clock_offset) values ($1, $2, $3)
      on conflict ("only") do update set providers = excluded.providers || instance.providers`,
    [wanted.mode, JSON.stringify(wanted.providers), wanted.clockOffset],
  );
  const found = (await readInstance(db))!;
  const known = Object.keys(wanted.providers).map((id) => [id, found.providers[id]] as const);
  return { ...found, providers: Object.fromEntries(known) as Instance['providers'] };
}

/** The recorded settings; null before the first start. */
export async function readInstance(db: Queryable): Promise<Instance | null> {
  const { rows } = await db.query<Instance>(`select mode, providers, clock_offset as "clockOffset" from instance`);
  return rows[0] ?? null;
}

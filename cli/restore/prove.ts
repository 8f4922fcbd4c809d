import { applyFeeds } from '../../config/catalog/provider-delays.js';
import { applyClosures } from '../../config/closures.js';
import type { Env } from '../../config/env.js';
import { connectOnce } from '../../db/client.js';
import { readInstance, type Instance } from '../../db/repositories/upkeep/instance.js';
import { SECOND } from '../../domain/timeframe.js';
import { examineStore } from '../doctor/examine.js';
import { proofOf } from '../doctor/report.js';
import type { PostgresServer } from '../embedded/postgres.js';
import { withDatabase } from '../lib/stack-database.js';
import { DATABASE_OF } from '../start/market.js';

export interface Proof {
  mode: Instance['mode'];
  /** The last line of the doctor. */
  line: string;
  /** Findings; 0: every bar is explained. */
  unexplained: number;
}

/**
 * Examines each market of a restored server, as `npm run doctor` does.
 * @param env whose DATA_DIR is the restored folder
 * @throws UserError if its schema is not that of this build
 */
export async function proveRestored(
  server: PostgresServer,
  env: Env,
  onProgress: (step: string) => void,
): Promise<Proof[]> {
  applyFeeds(env);
  applyClosures(env);
  const proofs: Proof[] = [];
  for (const database of await marketsOf(server))
    await withDatabase(server.url(database), { name: 'barkeep-restore', max: 4 }, async ({ pool }) => {
      const instance = await readInstance(pool);
      if (!instance) return; // a start was interrupted before its set-up
      const clockOffsetMs = instance.clockOffset * SECOND;
      const examination = await examineStore(pool, { clockOffsetMs, onProgress });
      proofs.push({ mode: instance.mode, line: proofOf(examination), unexplained: examination.findings.total });
    });
  return proofs;
}

async function marketsOf(server: PostgresServer): Promise<string[]> {
  const client = await connectOnce({ connectionString: server.url('postgres') });
  try {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname = any($1) order by datname`,
      [Object.values(DATABASE_OF)],
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}

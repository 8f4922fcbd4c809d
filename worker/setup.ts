import { isDeepStrictEqual } from 'node:util';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { baseUrlsOf } from '../config/base-urls.js';
import { FIRST_ASSETS } from '../config/catalog/first-assets.js';
import { PROVIDER_IDS } from '../config/catalog/providers.js';
import { EnvError, readEnv, type Env } from '../config/env.js';
import { databaseProblem } from '../db/database-problem.js';
import { migrate, schemaState } from '../db/migrate.js';
import { seedAssets } from '../db/repositories/upkeep/seed-assets.js';
import { claimInstance, type Instance } from '../db/repositories/upkeep/instance.js';
import { ensureProviders } from '../db/repositories/provider/provider-gate.js';
import { backfillStartOptions } from '../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../contracts/workflows.js';
import { INITIAL_BACKFILL_ID } from '../contracts/workflow-ids.js';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { createRoot, type Root } from './deps.js';
import { applySchedules } from './schedules.js';

/** Exit code: the database belongs to another mode, provider or clock. */
const OTHER_INSTANCE = 3;
class OtherInstanceError extends Error {
  override readonly name = 'OtherInstanceError';
}

/** A problem that an operator can fix: reported without a stack trace. */
class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

/** Prepares the database and Temporal for the workers and the API. Harmless to repeat. */
async function setUp(env: Env, root: Root): Promise<void> {
  const { pool } = root.database;
  const before = await schemaState(pool).catch((error: Error) => {
    throw new SetUpError(`${databaseProblem(env.DATABASE_URL!, error)} (DATABASE_URL)`);
  });
  await root.connection.ensureConnected().catch((error: Error) => {
    throw new SetUpError(`Temporal at ${env.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS) is not reachable: ${error.message}`);
  });
  if (before.state === 'newer') {
    throw new SetUpError(
      `the database schema (${before.current}) is newer than the one this build knows (${before.expected}): update this build`,
    );
  }
  await migrate(env.DATABASE_URL!);
  await refuseOtherInstance(env, root);
  await ensureProviders(pool, PROVIDER_IDS);
  await seedAssets(pool, FIRST_ASSETS);
  await registerSearchAttributes(env, root);
  for (const { id, workflowType } of await applySchedules(root.client, root.deps.clockOffsetMs))
    process.stderr.write(
      `Schedule ${id} starts ${workflowType}, but this build does not know it. If you do not need it, pause it:\n` +
        `  temporal schedule toggle --schedule-id ${id} --pause --reason 'not used any more'\n`,
    );
  await startFirstBackfill(root);
}

/** Real and simulated bars never share a database, nor do bars of two clocks. @throws OtherInstanceError */
async function refuseOtherInstance(env: Env, { database }: Root): Promise<void> {
  const mode = env.MARKET_MODE === 'sandbox' ? 'sandbox' : 'live';
  // the sandbox has another port after each start, but it is always the same provider
  const providers =
    mode === 'sandbox' ? Object.fromEntries(PROVIDER_IDS.map((id) => [id, 'sandbox'])) : baseUrlsOf(env);
  const wanted: Instance = { mode, providers, clockOffset: env.MARKET_CLOCK_OFFSET };
  const found = await claimInstance(database.pool, wanted);
  if (isDeepStrictEqual(found, wanted)) return;
  const describe = ({ mode: kind, providers: hosts, clockOffset }: Instance) => {
    const from = [...new Set(Object.values(hosts))].join(', ');
    return `${kind} (${from}), clock offset ${clockOffset} s`;
  };
  throw new OtherInstanceError(
    `This database holds bars of another market, and the two must not be mixed.\n` +
      `  database:  ${describe(found)}\n  requested: ${describe(wanted)}\n` +
      `To keep both, start with another folder, for example  DATA_DIR=.data-${mode} npm start`,
  );
}

async function registerSearchAttributes(env: Env, { connection }: Root): Promise<void> {
  const namespace = env.TEMPORAL_NAMESPACE;
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const KEYWORD = 2;
  const KEYWORD_LIST = 7;
  const wanted = {
    [SEARCH_ATTRIBUTES.pipeline]: KEYWORD,
    [SEARCH_ATTRIBUTES.trigger]: KEYWORD,
    [SEARCH_ATTRIBUTES.symbols]: KEYWORD_LIST,
  };
  const missing = Object.fromEntries(
    Object.entries(wanted).filter(([name]) => !(name in (known.customAttributes ?? {}))),
  );
  if (Object.keys(missing).length > 0)
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
}

/** Starts a backfill if an asset that can be loaded has no bars, as far back as their providers reach. */
async function startFirstBackfill({ database, client, logger }: Root): Promise<void> {
  const { rows } = await database.pool.query<{ symbol: string }>(
    `select symbol from assets a where active and asset_problem(a) is null
      and not exists (select 1 from bars b where b.asset_id = a.id) order by id`,
  );
  if (rows.length === 0) return;
  const input: BackfillInput = { trigger: 'initial' };
  try {
    await client.workflow.start(WORKFLOWS.backfill, {
      ...backfillStartOptions(
        INITIAL_BACKFILL_ID,
        input,
        rows.map((row) => row.symbol),
      ),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    });
    logger.info({ assets: rows.length }, 'first backfill started');
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function main(): Promise<void> {
  const env = readEnv();
  const root = createRoot(env, 'setup');
  try {
    await setUp(env, root);
  } finally {
    await root.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const known = [EnvError, SetUpError, OtherInstanceError].some((kind) => error instanceof kind);
    process.stderr.write(
      `${known || !(error instanceof Error) ? String((error as Error).message ?? error) : (error.stack ?? error.message)}\n`,
    );
    process.exit(error instanceof OtherInstanceError ? OTHER_INSTANCE : error instanceof EnvError ? 2 : 1);
  },
);

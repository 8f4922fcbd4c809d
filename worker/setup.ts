import { isDeepStrictEqual, parseArgs } from 'node:util';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { baseUrlsOf } from '../config/base-urls.js';
import { providersOff, whyOff } from '../config/providers-off.js';
import { FIRST_ASSETS } from '../config/catalog/first-assets.js';
import { ASKED_PROVIDER_IDS } from '../config/catalog/providers.js';
import { EnvError, readEnv, type Env } from '../config/env.js';
import { newestCopyOf, readArchiving } from '../db/backup/archive.js';
import { BackupError } from '../db/backup/errors.js';
import { databaseProblem } from '../db/database-problem.js';
import { migrate, TableLockedError, schemaState } from '../db/migrate.js';
import { RoleError } from '../db/roles.js';
import { activeAssets } from '../db/repositories/read/active-assets.js';
import { seedAssets } from '../db/repositories/upkeep/seed-assets.js';
import { claimInstance, type Instance } from '../db/repositories/upkeep/instance.js';
import { ensureProviders, markProvidersOff } from '../db/repositories/provider/provider-gate.js';
import { SCHEDULES } from '../contracts/schedules.js';
import { backfillStartOptions } from '../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../contracts/workflows.js';
import { INITIAL_BACKFILL_ID } from '../contracts/workflow-ids.js';
import { readTemporalConfig, type TemporalConfig } from '../contracts/temporal-config.js';
import { temporalProblem } from '../contracts/temporal-problem.js';
import { addFurtherSources } from '../planning/further-sources.js';
import { announceMigration, isWatched } from './before-migration.js';
import { createRoot, type Root } from './deps.js';
import { applySchedules, pauseUnknown, type UnknownSchedule } from './schedules.js';
import { schedulesOff } from './schedules-off.js';
import { registerSearchAttributes } from './search-attributes.js';
import { SetUpError, tooOldFor } from './set-up-error.js';

/** Exit code: the database belongs to another mode, provider or clock. */
const OTHER_INSTANCE = 3;
class OtherInstanceError extends Error {
  override readonly name = 'OtherInstanceError';
}

/**
 * Prepares the database and Temporal for the workers and the API. Harmless to repeat.
 * @param pausesUnknown also pauses the schedules that this build does not know, instead of only reporting them
 */
async function setUp(env: Env, temporal: TemporalConfig, root: Root, pausesUnknown: boolean): Promise<void> {
  const { pool } = root.database;
  const before = await schemaState(pool).catch((error: Error) => {
    throw new SetUpError(`${databaseProblem(env.DATABASE_URL!, error)} (DATABASE_URL)`);
  });
  await root.connection.ensureConnected().catch(async (error: Error) => {
    throw new SetUpError(await temporalProblem(temporal, error));
  });
  if (before.state === 'newer') throw tooOldFor(before);
  if (before.state === 'older' && before.current !== null)
    await announceMigration(pool, before, {
      backupKeep: env.BACKUP_KEEP,
      isWatched: isWatched(process),
      say: notify,
    });
  const { WORKER_DATABASE_URL: worker, API_DATABASE_URL: api, READ_DATABASE_URL: read } = env;
  await migrate(env.DATABASE_URL!, { worker, api, read }).catch((error: unknown) => {
    throw error instanceof RoleError || error instanceof TableLockedError ? new SetUpError(error.message) : error;
  });
  await refuseOtherInstance(env, root);
  await ensureProviders(pool, ASKED_PROVIDER_IDS);
  await markProvidersOff(pool, providersOff(env));
  await seedAssets(pool, FIRST_ASSETS);
  await addFurtherSources(pool);
  await registerSearchAttributes(root);
  const unknown = await applySchedules(root.client, await schedulesOff(env, pool));
  for (const schedule of unknown) await handleUnknown(root, schedule, pausesUnknown);
  await startFirstBackfill(root);
  await startFirstBackup(root);
}

/** Shows a line at once: `npm start` shows what is on stderr at the end only. */
function notify(line: string): void {
  if (process.send) process.send({ type: 'notice', line });
  process[process.send ? 'stdout' : 'stderr'].write(`${line}\n`);
}

/** Such a schedule is one of an older or a newer build, or of an operator. */
async function handleUnknown({ client }: Root, schedule: UnknownSchedule, pauses: boolean): Promise<void> {
  const { id, workflowType, paused } = schedule;
  if (pauses) await pauseUnknown(client, schedule);
  const what = `Schedule ${id} starts ${workflowType}, but this build does not know it.`;
  const then =
    pauses || paused
      ? `It is paused. If you do not need it, delete it:\n  temporal schedule delete --schedule-id ${id}`
      : `If you do not need it, pause it, or run the set-up with --pause-unknown:\n` +
        `  temporal schedule toggle --schedule-id ${id} --pause --reason 'no longer used'`;
  process.stderr.write(`${what} ${then}\n`);
}

/** Real and simulated bars never share a database, nor do bars of two clocks. @throws OtherInstanceError */
async function refuseOtherInstance(env: Env, { database }: Root): Promise<void> {
  const mode = env.MARKET_MODE === 'sandbox' ? 'sandbox' : 'live';
  // the sandbox has another port after each start, but it is always the same provider
  const hosts = baseUrlsOf(env);
  const on = ASKED_PROVIDER_IDS.filter((id) => whyOff(id, env) === null);
  const providers = Object.fromEntries(on.map((id) => [id, mode === 'sandbox' ? 'sandbox' : hosts[id]]));
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

/** Starts a backfill if an asset that can be loaded has no bars, or none of one of its sources. */
async function startFirstBackfill({ database, client, logger }: Root): Promise<void> {
  const assets = await activeAssets(database.pool);
  const { rows } = await database.pool.query<{ id: number }>(
    `select id from unnest($1::int[]) id where not exists (select 1 from bars b where b.asset_id = id)`,
    [assets.map(({ id }) => id)],
  );
  const without = new Set(rows.map(({ id }) => id));
  const symbols = [...new Set(assets.filter(({ id }) => without.has(id)).map(({ symbol }) => symbol))];
  if (symbols.length === 0) return;
  const input: BackfillInput = { trigger: 'initial' };
  try {
    await client.workflow.start(WORKFLOWS.backfill, {
      ...backfillStartOptions(INITIAL_BACKFILL_ID, input, symbols),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    });
    logger.info({ assets: symbols.length }, 'first backfill started');
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Without a base copy, the write-ahead log in the archive restores nothing. */
async function startFirstBackup({ database, client, logger }: Root): Promise<void> {
  const archiving = await readArchiving(database.pool);
  if (!archiving) return;
  try {
    if ((await newestCopyOf(archiving.archive)) !== undefined) return;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    logger.warn({ archive: archiving.archive, reason: error.message }, 'the archive cannot be read');
    return; // a bucket may be away for a while: its disk is not ours
  }
  const schedule = client.schedule.getHandle(SCHEDULES.backup);
  if ((await schedule.describe()).state.paused) return; // by an operator
  await schedule.trigger();
  logger.info({ archive: archiving.archive }, 'first backup started');
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'pause-unknown': { type: 'boolean', default: false } } });
  const env = readEnv();
  const temporal = readTemporalConfig();
  const root = createRoot(env, temporal, 'setup');
  try {
    await setUp(env, temporal, root, values['pause-unknown']);
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

import { resolve } from 'node:path';
import { packageVersion } from '../../api/version.js';
import { ASKED_PROVIDER_IDS, type AskedProviderId, type ProviderId } from '../../config/catalog/providers.js';
import { applyClosures } from '../../config/closures.js';
import type { Env } from '../../config/env.js';
import { type ProvidersInUse, providersInUse } from '../../config/providers-off.js';
import { namesTemporal } from '../../contracts/temporal-config.js';
import { type Database, connect } from '../../db/client.js';
import { databaseProblem } from '../../db/database-problem.js';
import { schemaState } from '../../db/migrate.js';
import { providersMarkedOff } from '../../db/repositories/provider/provider-gate.js';
import { readInstance } from '../../db/repositories/upkeep/instance.js';
import { counted } from '../../domain/in-words.js';
import { SECOND } from '../../domain/timeframe.js';
import { isAlive } from '../lib/processes.js';
import { readiness } from '../lib/readiness.js';
import type { Runtime } from '../lib/runtime-file.js';
import { lookForStack, type StackInSight, withTemporal } from '../lib/stack-temporal.js';
import { UserError } from '../lib/user-error.js';
import { type Check, error, ok, unknown, warning } from './check.js';
import * as database from './database.js';
import { checkDataFolder, checkMemory, checkPorts, checkProxy, checkTemporalCommand } from './machine.js';
import { checkReach, checkStanding, readStandings } from './providers.js';
import * as temporal from './temporal.js';

const API_MS = 5 * SECOND;
/** For all calls to Temporal: it describes schedules one by one. */
const TEMPORAL_MS = 20 * SECOND;

const START = 'Start it with npm start, or set DATA_DIR to the folder of a running one.';

export interface SystemOptions {
  env: Env;
  /** The environment, for the proxy. */
  variables: NodeJS.ProcessEnv;
  onProgress?: (what: string) => void;
}

/** What the database tells that other checks depend on. */
interface Known {
  checks: Check[];
  isSimulated: boolean;
  /** Providers that are off; null while the database cannot tell. */
  off: ReadonlySet<ProviderId> | null;
}

/**
 * Checks everything around the stored data: machine, processes, database, Temporal, providers. It changes nothing, needs nothing
 * to be running, and says what could not be checked.
 */
export async function examineSystem({ env, variables, onProgress = () => {} }: SystemOptions): Promise<Check[]> {
  const stack = lookForStack(env);
  const pid = stack.running?.pids?.start ?? null; // what a killed start has left may be of another version
  const isRunning = pid !== null && isAlive(pid);
  const checks = [
    ok('version', `Barkeep ${packageVersion()} on Node ${process.versions.node}, ${process.platform} ${process.arch}`),
    checkMemory(isRunning),
    // in a container of its own, a program has none
    ...(stack.running || !env.DATABASE_URL ? [await checkDataFolder(resolve(env.DATA_DIR))] : []),
    await checkProxy(variables),
    ...(namesTemporal(variables) ? [] : [await checkTemporalCommand()]),
    ...(await checkProcesses(stack, isRunning, env)),
    checkClosures(env),
  ];
  onProgress('The database …');
  const known = await checkDatabase(stack, onProgress);
  checks.push(...known.checks);
  onProgress('Temporal …');
  checks.push(...(await checkTemporal(stack, known)));
  onProgress('The providers …');
  // a running start may have been given another market or other base URLs than this environment
  const { mode, providers } = (isRunning && stack.running) || { mode: env.MARKET_MODE };
  return [
    ...checks,
    ...(known.isSimulated || mode === 'sandbox'
      ? [ok('reach', 'the market is simulated: no provider is requested')]
      : await checkProviders(providers ?? providersInUse(env), known.off)),
  ];
}

async function checkProcesses({ running }: StackInSight, isRunning: boolean, env: Env): Promise<Check[]> {
  if (running && isRunning) return [checkPids(running), await checkApi(running)];
  if (env.DATABASE_URL) return [unknown('processes', 'those of other machines and containers are out of sight')];
  const left = running ? ' It was killed: what it left is cleaned up at the next start.' : '';
  return [
    warning('processes', `Barkeep is not running on ${resolve(env.DATA_DIR)}.${left}`, START),
    await checkPorts(env),
  ];
}

function checkPids({ pids }: Runtime): Check {
  const all = Object.entries(pids);
  const gone = all.flatMap(([name, pid]) => (pid !== null && !isAlive(pid) ? [name] : []));
  const ours = all.flatMap(([name, pid]) => (pid === null ? [] : [`${name} ${pid}`])).join(', ');
  return gone.length === 0
    ? ok('processes', ours)
    : warning(
        'processes',
        `${gone.join(', ')} ended, and is restarted (${ours})`,
        'If it goes on, look at the log in DATA_DIR/logs.',
      );
}

/** Whether the API is ready, and is of this build. */
export async function checkApi(runtime: Pick<Runtime, 'api' | 'readToken' | 'adminToken'>): Promise<Check> {
  const { api } = runtime;
  try {
    const signal = AbortSignal.timeout(API_MS);
    const { version } = (await (await fetch(`${api}/healthz`, { signal })).json()) as { version: string };
    const checks = await readiness(runtime);
    if (version !== packageVersion())
      return warning('api', `${api} is of Barkeep ${version}, not of this build`, 'Restart Barkeep.');
    const failed = checks.filter(({ status }) => status === 'failed');
    return failed.length === 0
      ? ok('api', `${api} is ready`)
      : error(
          'api',
          `${api} is not ready: ${failed.map(({ name, detail }) => `${name} ${detail}`).join('; ')}`,
          'See the lines of these checks.',
        );
  } catch (problem) {
    return error('api', `${api} does not answer: ${(problem as Error).message}`, 'Look at logs/api.log in DATA_DIR.');
  }
}

function checkClosures(env: Env): Check {
  const { closures, problems } = applyClosures(env);
  return problems.length === 0
    ? ok('closures file', closures.length === 0 ? 'none, or empty' : counted(closures.length, 'closed day'))
    : warning('closures file', problems.join('; '), 'Correct the entries: docs/configuration.md describes the file.');
}

async function checkDatabase(
  { databaseUrl, running }: StackInSight,
  onProgress: (what: string) => void,
): Promise<Known> {
  const nothing = { isSimulated: false, off: null };
  if (databaseUrl === null)
    return {
      checks: [unknown('database', 'not running, so schema, disk, backups, assets and alerts cannot be checked')],
      ...nothing,
    };
  const opened = connect(databaseUrl, { name: 'barkeep-doctor', max: 2 });
  try {
    const isEmbedded = running?.databaseUrl === databaseUrl && running.pids.postgres !== null;
    return await examineDatabase(opened, isEmbedded, onProgress);
  } catch (problem) {
    const detail = databaseProblem(databaseUrl, problem as Error);
    return {
      checks: [error('database', detail, 'Start the server: npm start, or the one that DATABASE_URL names.')],
      ...nothing,
    };
  } finally {
    await opened.close();
  }
}

async function examineDatabase(
  { pool }: Database,
  isEmbedded: boolean,
  onProgress: (what: string) => void,
): Promise<Known> {
  const server = await database.checkServer(pool);
  const schema = await schemaState(pool);
  const checks = [...server, database.checkSchema(schema)];
  // another schema may lack what the further checks read
  if (schema.state !== 'current') return { checks, isSimulated: false, off: null };
  const isSimulated = (await readInstance(pool))?.mode === 'sandbox';
  const needsBackups = isEmbedded && !isSimulated;
  checks.push(...(await database.checkContents(pool, { now: Date.now(), needsBackups, onProgress })));
  checks.push(...(await readStandings(pool)).map(({ standing, lastFailure }) => checkStanding(standing, lastFailure)));
  const off = new Set((await providersMarkedOff(pool)).keys());
  return { checks, isSimulated, off };
}

async function checkTemporal({ temporal: config }: StackInSight, { off }: Known): Promise<Check[]> {
  if (config === null) return [unknown('temporal', 'not running, so schedules and workers cannot be checked')];
  const on = ASKED_PROVIDER_IDS.filter((id) => !off?.has(id));
  try {
    return await withTemporal(config, async (client) => {
      const all = async () => [
        await temporal.checkServer(client),
        await temporal.checkSchedules(client),
        await temporal.checkWorkers(client, on, Date.now()),
      ];
      return client.withDeadline(Date.now() + TEMPORAL_MS, all);
    });
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    return [
      error(
        'temporal',
        problem.message,
        'Start the server: npm start, or the one that TEMPORAL_ADDRESS names. If a variable is named above, correct it.',
      ),
    ];
  }
}

async function checkProviders(urls: ProvidersInUse, off: Known['off']): Promise<Check[]> {
  const on = Object.entries(urls).filter(([id]) => !off?.has(id as AskedProviderId));
  return (await Promise.all(on.map(([id, url]) => checkReach(id as AskedProviderId, url)))).flat();
}

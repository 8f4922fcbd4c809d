import type { Env } from '../../config/env.js';
import { variablesOfSandbox } from '../../config/sandbox-variables.js';
import { fileVariable } from '../../config/secret-files.js';
import { ROLE_KINDS, type RoleUrls, variableOf } from '../../db/roles.js';
import type { Runtime } from '../lib/runtime-file.js';
import type { Ports } from './addresses.js';
import type { MarketMode } from './market.js';
import type { TemporalChoice } from './temporal.js';

/** What the environment of our programs follows from. */
export interface ChildOptions {
  env: Env;
  temporal: TemporalChoice;
  mode: MarketMode;
  /** Absolute path of a folder that is claimed and locked. */
  dataDir: string;
  ports: Ports;
}

/** Secrets that the children are given as values. */
const READ_HERE = [
  ...['DATABASE_URL', 'ADMIN_TOKEN', 'ADMIN_TOKEN_HASH', 'READ_TOKEN', 'READ_TOKEN_HASH'],
  ...ROLE_KINDS.map(variableOf),
];

/** The variables with the URLs of roles, empty for those that there are not: a child knows none but its own. */
export const variablesOf = (roles: RoleUrls): Record<string, string> =>
  Object.fromEntries(ROLE_KINDS.map((kind) => [variableOf(kind), roles[kind] ?? '']));

/** The environment of our programs (config/env.ts), with every address filled in. */
export function childEnv(options: ChildOptions, runtime: Runtime): NodeJS.ProcessEnv {
  const { env, temporal, ports, dataDir } = options;
  return {
    ...temporal.variables,
    PORT: String(ports.api),
    HOST: env.HOST,
    METRICS_PORT: String(ports.metrics),
    LOG_LEVEL: env.LOG_LEVEL,
    BACKUP_KEEP: String(env.BACKUP_KEEP),
    DATA_DIR: dataDir,
    DATABASE_URL: runtime.databaseUrl,
    TEMPORAL_UI_URL: runtime.temporalUi ?? '',
    ADMIN_TOKEN: runtime.adminToken ?? '',
    ADMIN_TOKEN_HASH: env.ADMIN_TOKEN_HASH ?? '',
    READ_TOKEN: runtime.readToken ?? '',
    READ_TOKEN_HASH: env.READ_TOKEN_HASH ?? '',
    // read here already
    ...Object.fromEntries(READ_HERE.map((name) => [fileVariable(name), ''])),
    ...marketVariables(options),
    // nobody would make the version of this worker the current one, so nothing would run
    ...{ WORKER_DEPLOYMENT: '', WORKER_BUILD_ID: '' },
    MARKET_CLOCK_OFFSET: String(env.MARKET_CLOCK_OFFSET),
  };
}

/** Those that the choice of the market sets. */
export function marketVariables({ mode, ports }: Pick<ChildOptions, 'mode' | 'ports'>) {
  return {
    MARKET_MODE: mode,
    ...(mode === 'sandbox' ? variablesOfSandbox(`http://127.0.0.1:${ports.sandbox}`) : {}),
  };
}

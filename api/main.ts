import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { allowedHosts } from '../config/allowed-hosts.js';
import { surviveRejections } from '../config/last-resort.js';
import { applyFeeds } from '../config/catalog/provider-delays.js';
import { applyClosures } from '../config/closures.js';
import { EnvError, readEnv, type Env } from '../config/env.js';
import { redactedLog } from '../config/redacted-log.js';
import { ratesOf } from '../config/rates.js';
import { lacksReadToken, tokensOf } from '../config/tokens.js';
import { readTemporalConfig, type TemporalConfig } from '../contracts/temporal-config.js';
import { temporalProblem } from '../contracts/temporal-problem.js';
import { connect, type TimeLimits } from '../db/client.js';
import { SECOND } from '../domain/timeframe.js';
import { tracingOf } from '../tracing/index.js';
import { createApp } from './app.js';
import { exportFolder, readDashboard } from './dashboard/files.js';
import { type ApiDeps, TIMING } from './deps.js';
import { temporalConnection } from '../contracts/temporal-connection.js';
import { packageVersion } from './version.js';

/** A stop takes no longer than this, even if requests are still in progress. */
const STOP_TIMEOUT_MS = 5 * SECOND;
/** No statement of the API may occupy a connection for longer. A download may pause a transaction for as long as its reader. */
const TIME_LIMITS: TimeLimits = { statementMs: 15 * SECOND, lockMs: 5 * SECOND };

async function main(): Promise<void> {
  const env = apiEnv();
  const temporal = readTemporalConfig();
  const log = redactedLog(env, { base: { process: 'api' } }, [temporal.connectionOptions.apiKey]);
  let rejections = 0;
  surviveRejections(log, () => rejections++);
  const tracing = await tracingOf('api', (problem) => log.warn({ problem }, 'traces could not be sent'));
  const deps = dependencies(env, temporal, { log, tracing, unhandledRejections: () => rejections });
  const app = await createApp(deps);
  await app.listen(env.PORT, env.HOST);
  log.info({ url: await app.getUrl(), mode: deps.mode }, 'the API is listening');
  reportTemporalProblem(temporal, deps);
  stopOnRequest(async () => {
    await app.close();
    await Promise.allSettled([deps.database.close(), deps.temporal.connection.close(), tracing?.stop()]);
  }, log);
  process.send?.({ type: 'ready' });
}

/** @throws EnvError */
function apiEnv(): Env & { DATABASE_URL: string } {
  const env = readEnv();
  const { DATABASE_URL } = env;
  if (!DATABASE_URL)
    throw new EnvError('Invalid environment variables:\n  DATABASE_URL: required by the API; `npm start` sets it');
  if (lacksReadToken(env))
    throw new EnvError(
      'Invalid environment variables:\n  READ_TOKEN: required, as HOST or ALLOWED_HOSTS lets others reach the API. ' +
        'To let all of them read, set PUBLIC_READ=1',
    );
  return { ...env, DATABASE_URL };
}

/** Once, in the log: `/readyz` must not show a host or a path. */
function reportTemporalProblem(config: TemporalConfig, { temporal, log }: ApiDeps): void {
  temporal.connection.ensureConnected().catch(async (error: Error) => {
    log.warn({ problem: await temporalProblem(config, error) }, 'Temporal is not reachable yet');
  });
}

function dependencies(
  env: Env & { DATABASE_URL: string },
  temporal: TemporalConfig,
  { log, tracing, unhandledRejections }: Pick<ApiDeps, 'log' | 'tracing' | 'unhandledRejections'>,
): ApiDeps {
  applyFeeds(env);
  const closures = applyClosures(env);
  for (const problem of closures.problems) log.error(problem);
  const database = connect(env.DATABASE_URL, {
    name: 'barkeep-api',
    limits: TIME_LIMITS,
    onLost: (lost) => log.warn(lost, 'a database connection was lost'),
  });
  const connection = temporalConnection(temporal);
  return {
    database,
    temporal: new Client({ connection, namespace: temporal.namespace, interceptors: tracing?.client }),
    mode: env.MARKET_MODE === 'sandbox' ? 'sandbox' : 'live',
    clockOffsetMs: env.MARKET_CLOCK_OFFSET * SECOND,
    temporalUiUrl: (env.TEMPORAL_UI_URL ?? `http://127.0.0.1:${env.TEMPORAL_UI_PORT}`).replace(/\/+$/, ''),
    allowsHost: allowedHosts(env.HOST, env.ALLOWED_HOSTS),
    corsOrigins: env.CORS_ORIGINS,
    tokens: tokensOf(env),
    rates: ratesOf(env),
    closures,
    version: packageVersion(),
    dashboard: readDashboard(exportFolder()),
    timing: TIMING,
    tracing,
    log,
    unhandledRejections,
    wallNow: () => Date.now(),
  };
}

/** Stops on SIGTERM, on SIGINT, and when the process that started this one ends. */
function stopOnRequest(close: () => Promise<void>, log: Logger): void {
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'the API is stopping');
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the API did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('the parent process has ended'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof EnvError ? error.message : startFailure(error)}\n`);
  process.exit(error instanceof EnvError ? 2 : 1);
});

/** A readable message for a busy port; the stack of any other error. */
function startFailure(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `The API cannot listen: ${error.message}. Stop the process that uses the port, or set another PORT.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

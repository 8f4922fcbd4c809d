import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { DAY, MINUTE, SECOND } from '../../domain/timeframe.js';
import type { LogFile } from '../lib/log-file.js';
import { freePort, isFree } from '../lib/ports.js';
import { UserError } from '../lib/user-error.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import type { RunningProcess } from './service.js';
import { openUiGate } from './ui-gate.js';
import { running, spawnServer } from './spawn-server.js';

const READY_MS = MINUTE;
const PROBE_TIMEOUT_MS = SECOND;
const PROBE_INTERVAL_MS = 100;
const STOP_GRACE_MS = 2 * SECOND;
/** A count of requests to the gRPC service, in Temporal's metrics. */
const SERVED = /^service_requests\w*\{[^}]*service_name="frontend"/m;
const ATTEMPTS = 3;
/** How long finished workflows stay visible in the Web UI, in seconds; `pipeline_runs` keeps runs forever. */
const RETENTION_S = (3 * DAY) / SECOND;

export interface TemporalOptions {
  /** Path of the `temporal` program. */
  binary: string;
  port: number;
  /** The Web UI that people open, with a gate in front of Temporal's own; null: none. */
  ui: { port: number; allowsHost: (header: string | undefined) => boolean } | null;
  namespace: string;
  /** Null: in memory. */
  databaseFile: string | null;
  logFile: LogFile;
  /** Further settings of the server (its dynamic configuration). */
  settings?: Record<string, string>;
  onSpawn?: (pid: number) => void;
}

export interface TemporalServer extends RunningProcess {
  /** host:port of the gRPC service. */
  address: string;
}

/**
 * Starts Temporal's development server on 127.0.0.1 and waits until its namespace is available.
 * @throws UserError if it cannot start, with the end of its output
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  for (let attempt = 1; ; attempt++) {
    const started = await attemptStart(options);
    if (typeof started !== 'string') return started;
    if (attempt === ATTEMPTS || !(await isWorthRetrying(started, [options.port])))
      throw new UserError(`Temporal did not start: ${started}\nLog: ${options.logFile.path}`);
  }
}

/** @returns the server, or why it did not start */
async function attemptStart(options: TemporalOptions): Promise<TemporalServer | string> {
  const inner = options.ui && { host: hiddenHost(), port: await freePort() };
  if (options.databaseFile) mkdirSync(dirname(options.databaseFile), { recursive: true });
  const metricsPort = await freePort();
  const child = await spawnServer(options.binary, await commandLine(options, inner, metricsPort), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // it would tell its makers of itself once a day, to ask for a newer version
    env: { ...process.env, TEMPORAL_VERSION_CHECK_DISABLED: '1' },
  });
  options.logFile.follow(child);
  options.onSpawn?.(child.pid!);
  const server = running(child, { clean: 'SIGINT', quick: 'SIGKILL' });
  const address = `127.0.0.1:${options.port}`;
  const failure = await untilReady(server, address, options.namespace, metricsPort);
  if (failure === null) {
    if (options.ui && inner) {
      const gate = await openUiGate({ ...options.ui, target: inner });
      void server.exited.then(() => gate.close());
    }
    return { ...server, address };
  }
  await server.stop(STOP_GRACE_MS);
  return `${failure}\n${options.logFile.takeErrors()}`;
}

/**
 * Whether the server failed because a port was taken, and another attempt may succeed. Before it listens on any port, the
 * server picks further ones for its internal services: another program may take one of them in the meantime, or the server
 * may pick one of the ports that we gave it.
 * @param given the ports that we gave it
 */
export async function isWorthRetrying(failure: string, given: readonly number[]): Promise<boolean> {
  const taken = [...failure.matchAll(/:(\d+): bind: address already in use/g)].map(([, port]) => Number(port));
  const areAvailable = await Promise.all(taken.map(async (port) => !given.includes(port) || (await isFree(port))));
  return taken.length > 0 && areAvailable.every(Boolean);
}

/** An address that no page can guess: on Linux all of 127.0.0.0/8 is the loopback interface. */
function hiddenHost(): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  return `127.${[1, 2, 3].map(() => randomInt(1, 255)).join('.')}`;
}

async function commandLine(
  options: TemporalOptions,
  ui: { host: string; port: number } | null,
  metricsPort: number,
): Promise<string[]> {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(options.port), '--namespace', options.namespace],
    ...(ui ? ['--ui-ip', ui.host, '--ui-port', String(ui.port)] : ['--headless']),
    ...(options.databaseFile ? ['--db-filename', options.databaseFile] : []),
    ...['--metrics-port', String(metricsPort), '--http-port', String(await freePort()), '--log-level', 'error'],
    // with more than one partition, a queue's rate limit is split and lets bursts through
    ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
    ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
    // its REST API has no token either, and nothing here uses it: it answers no host name, so that no page gets past the gate
    ...['--dynamic-config-value', 'frontend.httpAllowedHosts=[]'],
    ...Object.entries(options.settings ?? {}).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...['--search-attribute', `${SEARCH_ATTRIBUTES.pipeline}=Keyword`],
    ...['--search-attribute', `${SEARCH_ATTRIBUTES.trigger}=Keyword`],
    ...['--search-attribute', `${SEARCH_ATTRIBUTES.symbols}=KeywordList`],
    ...['--search-attribute', `${SEARCH_ATTRIBUTES.status}=Keyword`],
    ...['--search-attribute', `${SEARCH_ATTRIBUTES.failedSymbols}=KeywordList`],
  ];
}

/**
 * Null once the namespace is available; otherwise why it is not. The server of another start may have taken the port a moment
 * ago, and would answer as well, while ours has not found out yet. Our metrics, whose port nobody else knows, show that ours has it.
 */
async function untilReady(
  server: RunningProcess,
  address: string,
  namespace: string,
  metricsPort: number,
): Promise<string | null> {
  const deadline = performance.now() + READY_MS;
  let ended: string | null = null;
  void server.exited.then((reason) => (ended = reason));
  const connection = Connection.lazy(clientOptions(plainTemporal(address, namespace)));
  try {
    while (performance.now() < deadline) {
      try {
        // the first one is a request for our metrics to count, whoever answers it; the second one can only be answered by ours
        await connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () => setRetention(connection, namespace));
        await checkHasServed(metricsPort);
        await connection.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () => setRetention(connection, namespace));
        return ended;
      } catch {
        if (ended !== null) return ended;
        await delay(PROBE_INTERVAL_MS);
      }
    }
    return `no response within ${READY_MS / SECOND} s`;
  } finally {
    await connection.close();
  }
}

/** @throws Error unless the server with these metrics has answered a request, so that the port for requests is its own */
async function checkHasServed(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  if (!SERVED.test(await response.text())) throw new Error('it has not answered a request yet');
}

/** Sets the namespace's retention. Fails until the server is up and has the namespace. */
async function setRetention(connection: Connection, namespace: string): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (Number(config?.workflowExecutionRetentionTtl?.seconds) === RETENTION_S) return;
  const workflowExecutionRetentionTtl = { seconds: RETENTION_S as never };
  await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
}

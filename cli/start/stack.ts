import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allowedHosts } from '../../config/allowed-hosts.js';
import { drainMsOf } from '../../config/drain.js';
import type { Env } from '../../config/env.js';
import { providersInUse } from '../../config/providers-off.js';
import { lacksReadToken } from '../../config/tokens.js';
import type { TemporalConfig } from '../../contracts/temporal-config.js';
import { ROLE_KINDS, type RoleKind, type RoleUrls } from '../../db/roles.js';
import { SECOND } from '../../domain/timeframe.js';
import { ensureDatabase, type PostgresServer, startPostgres } from '../embedded/postgres.js';
import { startTemporal } from '../embedded/temporal.js';
import type { RunningProcess } from '../embedded/service.js';
import { LogFile } from '../lib/log-file.js';
import { type Runtime, RuntimeFile } from '../lib/runtime-file.js';
import { newSecret, secretFile } from '../lib/secret-file.js';
import { temporalCli } from '../embedded/temporal-binary.js';
import { walArchive } from '../embedded/wal-archive.js';
import { reachable } from './addresses.js';
import { archiveOf } from './backup-archive.js';
import { childEnv, type ChildOptions, marketVariables, variablesOf } from './child-env.js';
import { DATABASE_OF } from './market.js';
import { runNodeScript, startNodeChild } from './node-child.js';
import type { ProcessLedger } from './process-ledger.js';
import { Supervised } from './supervised.js';

type ServiceName = 'postgres' | 'temporal' | 'sandbox' | 'worker' | 'api';

/** What people read for each step of a start. */
const LABELS: Record<ServiceName | 'setup', string> = {
  postgres: 'PostgreSQL',
  temporal: 'Temporal',
  sandbox: 'Sandbox',
  setup: 'Setup',
  worker: 'Worker',
  api: 'API',
};
const LABEL_WIDTH = Math.max(...Object.values(LABELS).map((label) => label.length));

/** A role of the embedded server, with a password that only this start knows. */
function urlOfRole(databaseUrl: string, kind: RoleKind): string {
  const url = new URL(databaseUrl);
  url.username = `barkeep_${kind}`;
  url.password = newSecret();
  return url.href;
}

/** Our own programs: absolute paths in dist/. */
export interface Scripts {
  setup: string;
  sandbox: string;
  worker: string;
  api: string;
}

const script = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SCRIPTS: Scripts = {
  setup: script('worker/setup.js'),
  sandbox: script('sandbox/main.js'),
  worker: script('worker/main.js'),
  api: script('api/main.js'),
};

export interface StackOptions extends ChildOptions {
  ledger: ProcessLedger;
  report: (line: string) => void;
  scripts?: Scripts;
}

/** The order in which services are stopped, with the time that each may take; 18 s in the worst case, 38 s in production; 8 s more with backups. */
const stopOrder = (env: Env, isArchived: boolean): { names: ServiceName[]; graceMs: number }[] => [
  { names: ['api', 'worker'], graceMs: drainMsOf(env) + 3 * SECOND },
  { names: ['sandbox'], graceMs: 0.5 * SECOND },
  { names: ['temporal'], graceMs: 2 * SECOND },
  // the rest of the write-ahead log gets to its archive
  { names: ['postgres'], graceMs: (isArchived ? 10 : 2) * SECOND },
];

/** Everything that `npm start` runs: first the servers, then our own programs; each is restarted if it ends. */
export class Stack {
  readonly runtime: Runtime;
  readonly temporal: TemporalConfig;
  /** Where the embedded server archives for backups; null: nowhere. */
  readonly archive: string | null;
  private readonly options: StackOptions;
  /** What the set-up creates, and the worker, the API and people connect as. */
  private readonly roles: RoleUrls;
  private readonly services = new Map<ServiceName, Supervised>();
  private readonly scripts: Scripts;
  private readonly runtimeFile: RuntimeFile;
  private started = false;
  private stopping: Promise<void> | null = null;

  constructor(options: StackOptions) {
    const { env, temporal, mode, ports, dataDir } = options;
    const { config, embedded } = temporal;
    this.options = options;
    const { WORKER_DATABASE_URL: worker, API_DATABASE_URL: api, READ_DATABASE_URL: read } = env;
    this.roles = env.DATABASE_URL ? { worker, api, read } : {};
    this.temporal = config;
    this.archive = archiveOf(dataDir, env.DATABASE_URL ? undefined : env.BACKUP_DIR);
    this.scripts = options.scripts ?? SCRIPTS;
    this.runtimeFile = new RuntimeFile(dataDir, { report: options.report });
    this.runtime = {
      mode,
      api: `http://${reachable(env.HOST)}:${ports.api}`,
      temporalAddress: config.connectionOptions.address,
      temporalUi: env.TEMPORAL_UI_URL ?? (embedded ? `http://127.0.0.1:${ports.temporalUi}` : null),
      namespace: config.namespace,
      databaseUrl: env.DATABASE_URL ?? '',
      readDatabaseUrl: env.READ_DATABASE_URL ?? null,
      metrics: `http://${reachable(env.METRICS_HOST)}:${ports.metrics}/metrics`,
      adminToken: env.ADMIN_TOKEN_HASH ? null : (env.ADMIN_TOKEN ?? secretFile(join(dataDir, 'admin-token'))),
      readToken: lacksReadToken(env) ? secretFile(join(dataDir, 'read-token')) : (env.READ_TOKEN ?? null),
      providers: providersInUse({ ...env, ...marketVariables(options) }),
      backupKeep: env.BACKUP_KEEP,
      pids: { start: process.pid, postgres: null, temporal: null, sandbox: null, worker: null, api: null },
    };
  }

  /**
   * Starts everything in order; resolves when all of it is ready.
   * @throws UserError that names what did not start and why; call `stop` after it
   */
  async start(): Promise<void> {
    const { env, temporal, mode } = this.options;
    this.options.report(`Starting (data in ${this.options.dataDir}) …`);
    const servers: Promise<void>[] = [];
    if (!env.DATABASE_URL) servers.push(this.startPostgres());
    if (temporal.embedded) servers.push(this.startTemporal());
    if (mode === 'sandbox')
      servers.push(this.keep('sandbox', (spawned) => this.node('sandbox', spawned, this.sandboxArgs())));
    await Promise.all(servers);
    await this.setUp();
    await this.keep('worker', (spawned) => this.node('worker', spawned));
    // last, so that the addresses are published the moment that the API is ready
    await this.keep('api', (spawned) => this.node('api', spawned));
    this.started = true;
    this.publish();
  }

  /** Stops everything, from top to bottom; no process is left when it resolves. Aborting `hurry` cuts the graces short. */
  stop(hurry: AbortSignal): Promise<void> {
    this.stopping ??= this.stopAll(hurry);
    return this.stopping;
  }

  private async stopAll(hurry: AbortSignal): Promise<void> {
    for (const { names, graceMs } of stopOrder(this.options.env, this.archive !== null)) {
      const services = names.flatMap((name) => this.services.get(name) ?? []);
      await Promise.allSettled(services.map((service) => service.stop(graceMs, hurry)));
    }
    // processes that were just starting when the stop was requested
    await this.options.ledger.reap();
    this.runtimeFile.remove();
  }

  private async startPostgres(): Promise<void> {
    const { dataDir, ports, report } = this.options;
    const logFile = this.log('postgres');
    const archive = this.archive === null ? undefined : walArchive(this.archive, this.options.env);
    let server: PostgresServer | null = null;
    await this.keep('postgres', async (onSpawn) => {
      server = await startPostgres({ dataDir, port: ports.postgres, logFile, log: report, onSpawn, archive });
      return server;
    });
    const database = DATABASE_OF[this.options.mode];
    await ensureDatabase(server!, database);
    const { runtime, roles } = this;
    runtime.databaseUrl = server!.url(database);
    for (const kind of ROLE_KINDS) roles[kind] = urlOfRole(runtime.databaseUrl, kind);
    runtime.readDatabaseUrl = roles.read!;
  }

  private async startTemporal(): Promise<void> {
    const { env, dataDir, ports, report } = this.options;
    const binary = await temporalCli({ log: report });
    const logFile = this.log('temporal');
    const databaseFile = join(dataDir, 'temporal', 'temporal.db');
    const { namespace } = this.runtime;
    await this.keep('temporal', (onSpawn) =>
      startTemporal({
        binary,
        port: ports.temporal,
        ui: { port: ports.temporalUi, allowsHost: allowedHosts('127.0.0.1', env.ALLOWED_HOSTS) },
        namespace,
        databaseFile,
        logFile,
        onSpawn,
      }),
    );
  }

  private async setUp(): Promise<void> {
    const spawned = (pid: number) => this.options.ledger.record('setup', pid);
    const since = performance.now();
    await runNodeScript(
      {
        name: 'setup',
        script: this.scripts.setup,
        env: { ...childEnv(this.options, this.runtime), ...variablesOf(this.roles) },
        logFile: this.log('setup'),
        spawned,
      },
      this.options.report,
    );
    this.reportStep('setup', 'migrations and schedules applied', since);
    const warnings = this.log('setup').takeErrors();
    if (warnings) this.options.report(warnings);
  }

  /** Such as `  PostgreSQL  ready in 1.2 s`. */
  private reportStep(name: keyof typeof LABELS, outcome: string, since: number): void {
    const seconds = ((performance.now() - since) / SECOND).toFixed(1);
    if (!this.stopping) this.options.report(`  ${LABELS[name].padEnd(LABEL_WIDTH)}  ${outcome} in ${seconds} s`);
  }

  private async keep(
    name: ServiceName,
    launch: (spawned: (pid: number) => void) => Promise<RunningProcess>,
  ): Promise<void> {
    if (this.stopping) throw new Error('stopping');
    const service = new Supervised({
      name,
      launch,
      report: this.options.report,
      onPid: (pid) => {
        if (pid !== null) this.options.ledger.record(name, pid);
        this.runtime.pids[name] = pid;
        if (this.started && !this.stopping) this.publish();
      },
    });
    this.services.set(name, service);
    const since = performance.now();
    await service.start();
    this.reportStep(name, 'ready', since);
  }

  private node(
    name: 'sandbox' | 'worker' | 'api',
    spawned: (pid: number) => void,
    args?: string[],
  ): Promise<RunningProcess> {
    return startNodeChild({
      name,
      script: this.scripts[name],
      args,
      env: { ...childEnv(this.options, this.runtime), ...this.databaseOf(name) },
      logFile: this.log(name),
      spawned,
    });
  }

  /** The worker and the API may do no more than their roles. */
  private databaseOf(name: 'sandbox' | 'worker' | 'api'): NodeJS.ProcessEnv {
    const url = name === 'sandbox' ? undefined : this.roles[name];
    return { ...variablesOf({}), ...(url && { DATABASE_URL: url }) };
  }

  private sandboxArgs(): string[] {
    return ['--port', String(this.options.ports.sandbox), '--offset-s', String(this.options.env.MARKET_CLOCK_OFFSET)];
  }

  private readonly logs = new Map<string, LogFile>();
  private log(name: string): LogFile {
    const log = this.logs.get(name) ?? new LogFile(join(this.options.dataDir, 'logs', `${name}.log`));
    this.logs.set(name, log);
    return log;
  }

  private publish(): void {
    this.runtimeFile.write(this.runtime);
  }
}

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDatabase, startPostgres } from '../../cli/embedded/postgres.js';
import { startTemporal } from '../../cli/embedded/temporal.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { freePort } from '../../cli/lib/ports.js';
import { temporalCli, temporalTestServer } from '../../cli/embedded/temporal-binary.js';
import { migrate } from '../../db/migrate.js';
import { ROLE_KINDS } from '../../db/roles.js';
import { asRole, TEMPLATE } from './database.js';
import { bundleWorkflows } from './workflows.js';

export interface TestServers {
  /** Environment variables for the tests. */
  variables: Record<string, string>;
  stop(): Promise<void>;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Fast and unsafe: test data need not survive a crash. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** Pauses of workflows, which a server does not have by itself; and a workflow task that failed is soon tried again. */
const SETTINGS = { 'frontend.WorkflowPauseEnabled': 'true', 'history.workflowTaskRetryMaxInterval': '"1s"' };

/** One PostgreSQL and one Temporal server for all integration tests, in a temporary folder, on free ports. */
export async function startTestServers(): Promise<TestServers> {
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-test-'));
  chmodSync(folder, 0o711);
  const logFile = (name: string) => new LogFile(join(folder, `${name}.log`));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
    rmSync(folder, { recursive: true, force: true });
  };
  const postgres = async () => {
    const server = await startPostgres({ dataDir: folder, logFile: logFile('postgres'), settings: FAST });
    stops.push(() => server.stop(3_000));
    await ensureDatabase(server, TEMPLATE);
    const url = server.url(TEMPLATE);
    await migrate(url, Object.fromEntries(ROLE_KINDS.map((kind) => [kind, asRole(url, kind)])));
    return server.url('postgres');
  };
  const temporal = async () => {
    const binary = await temporalCli({ log: say });
    const port = await freePort();
    const inMemory = { ui: null, databaseFile: null, namespace: 'default', settings: SETTINGS };
    const server = await startTemporal({ binary, port, ...inMemory, logFile: logFile('temporal') });
    stops.push(() => server.stop(3_000));
    return server.address;
  };
  try {
    const started = await Promise.allSettled([
      postgres(),
      temporal(),
      temporalTestServer({ log: say }),
      process.env.BARKEEP_TEST_WORKFLOWS ?? bundleWorkflows(join(folder, 'workflow-bundle.js')),
    ]);
    const [databaseUrl, address, testServer, workflows] = started.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    const variables = {
      BARKEEP_TEST_DATABASE_URL: databaseUrl!,
      BARKEEP_TEST_TEMPORAL_ADDRESS: address!,
      BARKEEP_TEST_SERVER_PATH: testServer!,
      BARKEEP_TEST_WORKFLOWS: workflows!,
    };
    return { variables, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

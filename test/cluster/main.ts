import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Servers } from '../../bench/pipeline-scene.js';
import { endSpawned } from '../../bench/spawned.js';
import { withTemporal } from '../../bench/servers.js';
import { measureThroughput } from '../../bench/throughput.js';
import { ensureDatabase, startPostgres } from '../../cli/embedded/postgres.js';
import { CommandLine } from '../../cli/lib/command-line.js';
import { EXIT } from '../../cli/lib/exit-codes.js';
import { LogFile } from '../../cli/lib/log-file.js';
import { runCommand } from '../../cli/lib/run-command.js';
import { Terminal } from '../../cli/lib/terminal.js';
import { SECOND } from '../../domain/timeframe.js';
import { ConnectionCount } from './connections.js';
import { Product } from './product.js';
import { asTable, Checks } from './report.js';
import { checkProduct } from './scenario.js';
import { type TemporalBinaries, temporalBinaries } from './temporal-binaries.js';
import { startCluster } from './temporal-server.js';

const RUNS = { 'without TLS': false, 'with mTLS': true };
const NAMESPACE = 'barkeep';
/** Of the product's own database: the fewest that docs/configuration.md promises to be enough for four workers. */
const CONNECTIONS = { given: 60, reserved: 3 };
/** Of the one of Temporal, whose services have pools of their own. */
const TEMPORAL_CONNECTIONS = 100;
const STOP_MS = 10 * SECOND;
/** Mode of folders that every user may enter, PostgreSQL's too if we are root. */
const ENTERABLE = 0o755;

const terminal = new Terminal();
const { line } = terminal;

const command = new CommandLine({
  usage: 'npm run test:cluster -- [options]',
  summary:
    'Runs Barkeep on a real Temporal cluster with PostgreSQL as its store: set-up, four workers, two APIs, a schedule, a\n' +
    'backfill, a killed worker and a killed node of Temporal, once without TLS and once with mTLS. Then it measures runs per\n' +
    'minute beside the dev server. The first time, it compiles the server, which needs Go and takes five minutes to an\n' +
    'hour. It uses its own ports and a temporary folder.',
  options: { keep: { help: 'keep the folder with the logs' } },
  exitCodes: [
    [EXIT.ok, 'everything works'],
    [EXIT.failed, 'something does not'],
    [EXIT.usage, 'invalid options'],
  ],
});

async function main(): Promise<number> {
  const options = command.parse(process.argv.slice(2));
  if (!options) {
    line(command.help);
    return EXIT.ok;
  }
  const binaries = await temporalBinaries(line);
  const folder = mkdtempSync(join(tmpdir(), 'barkeep-cluster-'));
  chmodSync(folder, ENTERABLE);
  const cleanUps: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | null = null;
  const endAll = async () => {
    await endSpawned();
    for (const cleanUp of cleanUps.reverse()) await cleanUp().catch((error: Error) => line(error.message));
    if (options.keep) line(`Kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  };
  const end = () => (ending ??= endAll());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      line(`Stopping (${name}) …`);
      void end().finally(() => process.exit(EXIT.failed));
    });
  try {
    return (await runAll(binaries, folder, cleanUps)) ? EXIT.ok : EXIT.failed;
  } finally {
    await end();
  }
}

/** @param cleanUps to be called in reverse order. @returns whether everything is right */
async function runAll(
  binaries: TemporalBinaries,
  folder: string,
  cleanUps: (() => Promise<unknown>)[],
): Promise<boolean> {
  const database = async (name: string, connections: number) => {
    const dataDir = join(folder, name);
    mkdirSync(dataDir, { mode: ENTERABLE });
    const settings = { max_connections: String(connections) };
    const server = await startPostgres({ dataDir, logFile: new LogFile(join(dataDir, 'postgres.log')), settings });
    cleanUps.push(() => server.stop(STOP_MS));
    return server;
  };
  const postgres = await database('postgres-of-temporal', TEMPORAL_CONNECTIONS);
  const store = await database('postgres', CONNECTIONS.given);
  const runs = new Map<string, Checks>();
  for (const [title, mtls] of Object.entries(RUNS)) {
    line(`${title}:`);
    const name = mtls ? 'mtls' : 'plain';
    const own = join(folder, name);
    mkdirSync(own, { mode: ENTERABLE });
    const logFile = new LogFile(join(own, 'temporal.log'));
    const since = performance.now();
    const cluster = await startCluster({
      ...{ binaries, postgres, folder: own, name, namespace: NAMESPACE, mtls, logFile },
    });
    cleanUps.push(() => cluster.stop());
    line(`  the Temporal server is up after ${((performance.now() - since) / SECOND).toFixed(1)} s`);
    await ensureDatabase(store, name);
    const product = new Product(own, store.url(name), cluster.variables);
    cleanUps.push(() => product.stop());
    const connections = await ConnectionCount.start(store.url('postgres'), name);
    const checks = new Checks(line);
    runs.set(title, checks);
    await checkProduct(checks, {
      product,
      cluster,
      connections,
      connectionLimit: CONNECTIONS.given - CONNECTIONS.reserved,
    });
    if (!mtls) {
      line('runs per minute, with one node:');
      const temporal = { address: cluster.address, pid: cluster.nodes.at(-1)!.pid };
      const servers = { folder: own, postgres: store, temporal, namespace: NAMESPACE };
      runs.set('runs/min, Temporal on PostgreSQL', await throughputOf(servers, 'on_postgresql'));
    }
    await cluster.stop();
  }
  line('runs per minute on the dev server:');
  const onDevServer = await withTemporal(folder, (temporal) =>
    throughputOf({ folder, postgres: store, temporal }, 'on_dev_server'),
  );
  runs.set('runs/min, dev server', onDevServer);
  line(`\n${asTable(runs)}\n`);
  return [...runs.values()].every(({ areGood }) => areGood);
}

async function throughputOf(servers: Servers, name: string): Promise<Checks> {
  const checks = new Checks(line);
  for (const { name: what, value, unit, note } of await measureThroughput(servers, name))
    await checks.check(what, () => Promise.resolve(`${value.toPrecision(3)} ${unit}${note ? ` (${note})` : ''}`));
  return checks;
}

await runCommand(terminal, main);

import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { ensureDatabase, type PostgresServer } from '../../cli/embedded/postgres.js';
import type { RunningProcess } from '../../cli/embedded/service.js';
import { running, spawnServer } from '../../cli/embedded/spawn-server.js';
import type { LogFile } from '../../cli/lib/log-file.js';
import { isFree } from '../../cli/lib/ports.js';
import { readTemporalConfig } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { until } from '../chaos/until.js';
import { createAuthority } from '../environment/certificates.js';
import { registerNamespace } from '../environment/namespace.js';
import { startBalancer } from './balancer.js';
import type { TemporalBinaries } from './temporal-binaries.js';

const HOST = '127.0.0.1';
/** In the server's certificate. */
const SERVER_NAME = 'temporal.test';
const SERVICES = ['frontend', 'matching', 'history', 'worker'] as const;
/** Ports from, and below: the server stores them as signed numbers of 16 bits, and systems give away higher ones. */
const PORTS = [20_000, 32_768] as const;
const NODES = 2;
/** Of each service: one for gRPC and one by which the nodes know each other. */
const PORTS_OF_NODE = 2 * SERVICES.length;
const HISTORY_SHARDS = 512;
/** Connections of a node to PostgreSQL: each of the four services has pools of its own. */
const STORE_CONNECTIONS = { temporal: 10, visibility: 4 };
const READY_MS = 2 * MINUTE;
const STOP_MS = 20 * SECOND;
/** Of files with a password or a key. */
const PRIVATE = 0o600;

/** Files of a server and a client that trust each other. */
interface TlsFiles {
  ca: string;
  server: { certificate: string; key: string };
  client: { certificate: string; key: string };
}

export interface TemporalCluster {
  /** host:port of the load balancer in front of its nodes. */
  address: string;
  /** The environment of its clients. */
  variables: Record<string, string>;
  /** The same, without the certificate of the client; null if the server asks for none. */
  withoutCertificate: Record<string, string> | null;
  /** Each with all services. Clients are connected to the first one that is there. */
  nodes: RunningProcess[];
  stop(): Promise<void>;
}

export interface ClusterOptions {
  binaries: TemporalBinaries;
  postgres: PostgresServer;
  /** Absolute path, for its files. */
  folder: string;
  /** Part of the names of its databases. */
  name: string;
  namespace: string;
  mtls: boolean;
  logFile: LogFile;
}

/** Two Temporal servers on one PostgreSQL with an empty namespace, as an operator installs them. */
export async function startCluster(options: ClusterOptions): Promise<TemporalCluster> {
  const { binaries, postgres, folder, name, namespace, mtls, logFile } = options;
  const stores = { temporal: `temporal_${name}`, visibility: `temporal_${name}_visibility` };
  for (const [schema, database] of Object.entries(stores))
    await createStore(binaries.sqlTool, postgres, database, schema as keyof typeof stores);
  const tls = mtls ? await writeCertificates(folder) : null;
  const dynamicFile = join(folder, `${name}-dynamic.yaml`);
  writeFileSync(dynamicFile, JSON.stringify(DYNAMIC_CONFIG));
  const ports = await freePorts(NODES * PORTS_OF_NODE);
  const portsOfNodes = Array.from({ length: NODES }, (_, i) => ports.slice(i * PORTS_OF_NODE, (i + 1) * PORTS_OF_NODE));
  const balancer = await startBalancer(portsOfNodes.map(([frontend]) => frontend!));
  const { address } = balancer;
  const nodes: RunningProcess[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop(STOP_MS)));
    balancer.close();
  };
  try {
    for (const [i, portsOfNode] of portsOfNodes.entries()) {
      const configFile = join(folder, `${name}-${i + 1}.yaml`);
      const config = serverConfig(postgres, stores, address, portsOfNode, tls, dynamicFile);
      // JSON is YAML too
      writeFileSync(configFile, JSON.stringify(config), { mode: PRIVATE });
      const child = await spawnServer(binaries.server, ['--config-file', configFile, '--allow-no-auth', 'start'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      logFile.follow(child);
      nodes.push(running(child, { clean: 'SIGTERM', quick: 'SIGKILL' }));
    }
    const trusting = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      ...(tls ? { TEMPORAL_TLS_SERVER_CA_CERT_PATH: tls.ca, TEMPORAL_TLS_SERVER_NAME: SERVER_NAME } : {}),
    };
    const variables = tls
      ? {
          ...trusting,
          TEMPORAL_TLS_CLIENT_CERT_PATH: tls.client.certificate,
          TEMPORAL_TLS_CLIENT_KEY_PATH: tls.client.key,
        }
      : trusting;
    await createNamespace(variables, nodes);
    return { address, variables, withoutCertificate: tls && trusting, nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createStore(
  sqlTool: string,
  postgres: PostgresServer,
  database: string,
  schema: 'temporal' | 'visibility',
): Promise<void> {
  await ensureDatabase(postgres, database);
  const { username, password } = new URL(postgres.url(database));
  const connection = ['--plugin', 'postgres12', '--endpoint', HOST, '--port', String(postgres.port)];
  const tool = (...args: string[]) =>
    promisify(execFile)(sqlTool, [...connection, '--user', username, '--database', database, ...args], {
      env: { ...process.env, SQL_PASSWORD: password },
    });
  await tool('setup-schema', '--version', '0.0');
  await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** As with `npm start`: with more than one partition, a queue's rate limit is split. */
const DYNAMIC_CONFIG = {
  'matching.numTaskqueueReadPartitions': [{ value: 1 }],
  'matching.numTaskqueueWritePartitions': [{ value: 1 }],
};

function serverConfig(
  postgres: PostgresServer,
  stores: { temporal: string; visibility: string },
  address: string,
  ports: readonly number[],
  tls: TlsFiles | null,
  dynamicFile: string,
): object {
  const { username, password } = new URL(postgres.url('postgres'));
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `${HOST}:${postgres.port}`,
      connectProtocol: 'tcp',
      user: username,
      password,
      maxConns,
      maxIdleConns: maxConns,
    },
  });
  const peer = tls && {
    server: {
      certFile: tls.server.certificate,
      keyFile: tls.server.key,
      requireClientAuth: true,
      clientCaFiles: [tls.ca],
    },
    client: { serverName: SERVER_NAME, rootCaFiles: [tls.ca] },
  };
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: {
        default: store(stores.temporal, STORE_CONNECTIONS.temporal),
        visibility: store(stores.visibility, STORE_CONNECTIONS.visibility),
      },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: HOST },
      ...(peer ? { tls: { internode: peer, frontend: peer } } : {}),
    },
    services: Object.fromEntries(
      SERVICES.map((service, i) => [
        service,
        { rpc: { grpcPort: ports[2 * i], membershipPort: ports[2 * i + 1], bindOnLocalHost: true } },
      ]),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: address },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    dynamicConfigClient: { filepath: dynamicFile, pollInterval: '60s' },
  };
}

async function writeCertificates(folder: string): Promise<TlsFiles> {
  const authority = await createAuthority('barkeep test');
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: PRIVATE });
    return join(folder, name);
  };
  const files = async (name: string) => {
    const { certificate, key } = await authority.issue(name, { dns: [SERVER_NAME], ip: [HOST] });
    return { certificate: file(`${name}.pem`, certificate), key: file(`${name}.key`, key) };
  };
  const [server, client] = await Promise.all([files('server'), files('client')]);
  return { ca: file('ca.pem', authority.certificate), server, client };
}

/** Waits for the servers, and creates the namespace as an operator does before the set-up. */
async function createNamespace(variables: Record<string, string>, nodes: readonly RunningProcess[]): Promise<void> {
  const config = readTemporalConfig(variables);
  const connection = Connection.lazy(clientOptions(config));
  let ended: string | null = null;
  for (const { exited } of nodes) void exited.then((reason) => (ended = reason));
  try {
    await until('the Temporal server', READY_MS, async () => {
      if (ended !== null) return true;
      await connection.withDeadline(Date.now() + SECOND, () => connection.workflowService.getSystemInfo({}));
      return true;
    });
    if (ended !== null) throw new Error(`the Temporal server has ended: ${String(ended)}`);
    await registerNamespace(new Client({ connection, namespace: config.namespace }));
  } finally {
    await connection.close();
  }
}

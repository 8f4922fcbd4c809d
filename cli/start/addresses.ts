import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../../config/env.js';
import { namesTemporal } from '../../contracts/temporal-config.js';
import { freePort, isFree } from '../lib/ports.js';
import { UserError } from '../lib/user-error.js';
import { writeAtomically } from '../lib/write-atomically.js';

/** Where each server of this start listens. */
export interface Ports {
  api: number;
  metrics: number;
  temporal: number;
  temporalUi: number;
  /** Any free ports, the same at every start if possible. */
  postgres: number;
  sandbox: number;
}

/**
 * What keeps the servers of a start from listening on the ports that they are to have, each with the variable to set.
 * @param source tells whether a Temporal server of our own needs ports
 */
export async function portProblems(env: Env, source = process.env): Promise<string[]> {
  const wanted = [
    { variable: 'PORT', what: 'the API', port: env.PORT, host: env.HOST },
    { variable: 'METRICS_PORT', what: 'the worker metrics', port: env.METRICS_PORT, host: env.METRICS_HOST },
    ...(namesTemporal(source)
      ? []
      : [
          { variable: 'TEMPORAL_PORT', what: 'Temporal', port: env.TEMPORAL_PORT, host: '127.0.0.1' },
          { variable: 'TEMPORAL_UI_PORT', what: 'the Temporal Web UI', port: env.TEMPORAL_UI_PORT, host: '127.0.0.1' },
        ]),
  ];
  const problems: string[] = [];
  const taken = new Map<number, string>();
  for (const { variable, what, port, host } of wanted) {
    if (port === 0) continue;
    const other = taken.get(port);
    if (other) problems.push(`${variable} and ${other} are both ${port}`);
    else if (!(await isFree(port, host)))
      problems.push(`port ${port} for ${what} is in use: set ${variable} to another one`);
    taken.set(port, variable);
  }
  return problems;
}

/**
 * Chooses every port before anything starts.
 * @throws UserError that names each busy port and the variable to set
 */
export async function settlePorts(env: Env, dataDir: string, source = process.env): Promise<Ports> {
  const problems = await portProblems(env, source);
  if (problems.length > 0) throw new UserError(`Cannot start:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  const earlier = readPorts(dataDir);
  const orFree = (port: number) => port || freePort();
  const ports: Ports = {
    api: await orFree(env.PORT),
    metrics: await orFree(env.METRICS_PORT),
    temporal: await orFree(env.TEMPORAL_PORT),
    temporalUi: await orFree(env.TEMPORAL_UI_PORT),
    postgres: await freePort(earlier.postgres),
    sandbox: await freePort(earlier.sandbox),
  };
  writeAtomically(portsFile(dataDir), JSON.stringify({ postgres: ports.postgres, sandbox: ports.sandbox }));
  return ports;
}

const portsFile = (dataDir: string) => join(dataDir, 'ports.json');

function readPorts(dataDir: string): Partial<Pick<Ports, 'postgres' | 'sandbox'>> {
  try {
    return JSON.parse(readFileSync(portsFile(dataDir), 'utf8')) as Partial<Pick<Ports, 'postgres' | 'sandbox'>>;
  } catch {
    return {};
  }
}

/** The host at which clients reach a server that listens on `host`. */
export const reachable = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;

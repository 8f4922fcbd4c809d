import { accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Env } from '../../config/env.js';
import { bytesInWords } from '../../domain/bytes-in-words.js';
import { SECOND } from '../../domain/timeframe.js';
import { installedTemporalCli } from '../embedded/temporal-binary.js';
import { portProblems } from '../start/addresses.js';
import { type Check, error, ok, warning } from './check.js';

const MB = 1_000_000;
/** What everything takes on one machine, and what must be left of it once it runs. Bytes. */
const NEEDED_MEMORY = 800 * MB;
const SPARE_MEMORY = 200 * MB;
/** Below this, a start is likely to fill the disk. Bytes. */
const LEAST_FREE = 2 ** 30;
const PROXY_MS = 3 * SECOND;

/** @param isRunning whether what takes the memory is running already */
export function checkMemory(
  isRunning: boolean,
  available = process.availableMemory(),
  limit = process.constrainedMemory() || totalmem(),
): Check {
  const total = Math.min(limit, totalmem());
  const detail = `${bytesInWords(available)} of ${bytesInWords(total)} available`;
  const needed = isRunning ? SPARE_MEMORY : NEEDED_MEMORY;
  if (available >= needed) return ok('memory', detail);
  return warning(
    'memory',
    `${detail}; ${isRunning ? 'too little for a backfill or the check of all bars' : `everything on one machine takes about ${bytesInWords(NEEDED_MEMORY)}`}`,
    'End other programs, raise the memory limit of the container, or run the workers on another machine.',
  );
}

/** @param dataDir absolute path; it need not exist yet */
export async function checkDataFolder(dataDir: string): Promise<Check> {
  const name = 'data folder';
  let folder = dataDir;
  for (;;)
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      break;
    } catch (problem) {
      const { code } = problem as NodeJS.ErrnoException;
      if (code !== 'ENOENT' || folder === dirname(folder))
        return error(
          name,
          `${folder} cannot be written (${code})`,
          'Change its owner, or set DATA_DIR to another folder.',
        );
      folder = dirname(folder);
    }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${dataDir}${folder === dataDir ? '' : ' (does not exist yet)'}, ${bytesInWords(free)} free`;
  return free >= LEAST_FREE
    ? ok(name, detail)
    : warning(name, detail, 'Free some space, or set DATA_DIR to a folder on another disk.');
}

/** Of a start that is yet to come. */
export async function checkPorts(env: Env): Promise<Check> {
  const problems = await portProblems(env);
  return problems.length === 0
    ? ok('ports', 'those of npm start are free')
    : error('ports', problems.join('; '), 'Stop the program that uses it, or set the variable.');
}

/** The program behind the Temporal server of npm start. */
export async function checkTemporalCommand(): Promise<Check> {
  const name = 'temporal command';
  try {
    const installed = await installedTemporalCli();
    return installed
      ? ok(name, `${installed.path}: ${installed.version}`)
      : warning(name, 'not there yet', 'The next npm start gets it, or says what to install.');
  } catch (problem) {
    return error(name, (problem as Error).message, 'Delete that file: the next npm start gets another one.');
  }
}

const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;

/** Whether each proxy of the environment answers, and is used. */
export async function checkProxy(variables: NodeJS.ProcessEnv): Promise<Check> {
  const name = 'proxy';
  const set = PROXY_VARIABLES.filter((variable) => variables[variable]);
  if (set.length === 0) return ok(name, 'none: requests to the providers go out directly');
  const problems: string[] = [];
  const hosts = new Set<string>();
  for (const variable of set)
    try {
      const { hostname, port, protocol } = new URL(variables[variable]!);
      const number = Number(port) || (protocol === 'https:' ? 443 : 80);
      hosts.add(`${hostname}:${number}`);
      await answers(hostname, number);
    } catch (problem) {
      problems.push(`${variable}: ${(problem as Error).message}`);
    }
  if (problems.length > 0)
    return error(name, problems.join('; '), 'Correct the variable, or unset it if there is no proxy.');
  if (variables.NODE_USE_ENV_PROXY !== '1')
    return warning(name, `${[...hosts].join(', ')} is not used`, 'Set NODE_USE_ENV_PROXY=1.');
  return ok(name, `${[...hosts].join(', ')}; excepted: ${variables.no_proxy ?? variables.NO_PROXY ?? 'none'}`);
}

/** @throws Error if nothing listens there */
async function answers(host: string, port: number): Promise<void> {
  const socket = connect({ host, port, timeout: PROXY_MS });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error(`no answer within ${PROXY_MS / SECOND} s`)));
    });
  } finally {
    socket.destroy();
  }
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { guard, unguard } from './spawned.js';

/** What is asked for, over so many connections at once; each asks again as soon as it is answered. */
export interface HttpLoad {
  /** Scheme, host and port. */
  url: string;
  /** Asked for in an order of chance, another on each connection. */
  paths: readonly string[];
  connections: number;
  seconds: number;
}

export interface HttpLoadResult {
  /** Answers a second. */
  rate: number;
  /** Milliseconds from a request to its answer, which 99 of 100 took at most. */
  p99: number;
  /** Answers but 200 and broken connections. */
  failed: number;
  /** CPU time of the client, seconds. */
  cpuSeconds: number;
}

/** Loads a server from a process of its own. @throws Error when anything failed */
export async function loadHttp(load: HttpLoad): Promise<HttpLoadResult> {
  const child = fork(fileURLToPath(new URL('./http-load-child.js', import.meta.url)), [JSON.stringify(load)]);
  guard(child.pid!);
  const result = await new Promise<HttpLoadResult>((resolve, reject) => {
    child.once('message', (message) => resolve(message as HttpLoadResult));
    child.once('exit', (code) => reject(new Error(`the load on ${load.url} ended without a result (${code})`)));
  });
  unguard(child.pid!);
  if (result.failed > 0) throw new Error(`${result.failed} of the requests to ${load.url} failed`);
  return result;
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { guard, unguard } from './spawned.js';

/** Requests to send on several connections; each connection sends the next one as soon as it has the response. */
export interface HttpLoad {
  /** Scheme, host and port. */
  url: string;
  /** Requested in random order, a different one on each connection. */
  paths: readonly string[];
  connections: number;
  seconds: number;
}

export interface HttpLoadResult {
  /** Responses per second. */
  rate: number;
  /** 99th percentile of the time from a request to its response, ms. */
  p99: number;
  /** Responses other than 200, and broken connections. */
  failed: number;
  /** CPU time of the client, seconds. */
  cpuSeconds: number;
}

/** Loads a server from a separate process. @throws Error if any request failed */
export async function loadHttp(load: HttpLoad): Promise<HttpLoadResult> {
  const child = fork(fileURLToPath(new URL('./http-load-child.js', import.meta.url)));
  guard(child.pid!);
  child.send(load); // too long for an argument
  const result = await new Promise<HttpLoadResult>((resolve, reject) => {
    child.once('message', (message) => resolve(message as HttpLoadResult));
    child.once('exit', (code) => reject(new Error(`the load on ${load.url} ended without a result (${code})`)));
  });
  unguard(child.pid!);
  if (result.failed > 0) throw new Error(`${result.failed} of the requests to ${load.url} failed`);
  return result;
}

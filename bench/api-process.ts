import { freePort } from '../cli/lib/ports.js';
import { withChild } from './child.js';
import { type HttpLoad, type HttpLoadResult, loadHttp } from './http-load.js';
import { canReadProc, cpuSeconds } from './process-usage.js';

export const ADMIN_TOKEN = 'bench-token';

/** A server under load. */
export interface Loaded {
  url: string;
  /** The processes that work for it. */
  pids: () => number[];
}

export interface MeasuredLoad extends HttpLoadResult {
  /** CPU time of the server per response, µs; NaN where it cannot be told. */
  cpuMicros: number;
  /** CPU time of the client per response, µs. */
  clientMicros: number;
}

/** Runs an API process, as `npm start` does, while `work` runs. Temporal is away. */
export async function withApi<T>(folder: string, databaseUrl: string, work: (api: Loaded) => Promise<T>): Promise<T> {
  const port = await freePort();
  const env = {
    NODE_ENV: 'development',
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: String(port),
    TEMPORAL_ADDRESS: '127.0.0.1:1', // none of the measured routes uses it
    MARKET_MODE: 'live',
    MARKET_CLOCK_OFFSET: '0',
    LOG_LEVEL: 'warn',
    ADMIN_TOKEN,
  };
  return withChild(folder, 'api', '../api/main.js', { env }, ({ pid }) =>
    work({ url: `http://127.0.0.1:${port}`, pids: () => [pid] }),
  );
}

/** Puts one load on the API and measures what each response costs. */
export async function measureLoad({ url, pids }: Loaded, load: Omit<HttpLoad, 'url'>): Promise<MeasuredLoad> {
  const before = cpuSeconds(pids());
  const result = await loadHttp({ url, ...load });
  const micros = (seconds: number) => (seconds / (result.rate * load.seconds)) * 1e6;
  const cpuMicros = canReadProc ? micros(cpuSeconds(pids()) - before) : Number.NaN;
  return { ...result, cpuMicros, clientMicros: micros(result.cpuSeconds) };
}

/** The body of a response. @throws Error if its status is not 200 */
export async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from './benchmark.js';
import { loadHttp } from './http-load.js';
import { median } from './measure.js';

const CONNECTIONS = 16;
const SECONDS = 15;
const INTERVAL_MS = 10;
const HALF_SENT = 200;

/** Nearly as much to compute as the API accepts in one request. */
const INDICATORS = Array.from({ length: 10 }, (_, i) => `rsi:${36 - i}`).join(',');
/** What costs the API most. */
const EXPENSIVE = [
  (symbol: string) => `/api/stocks/${symbol}/indicators?timeframe=1m&limit=10000&include=${INDICATORS}`,
  (symbol: string) => `/api/stocks/${symbol}/ohlcv?timeframe=1m&format=csv`,
  (symbol: string) => `/api/stocks/${symbol}/ohlcv?timeframe=1m&format=ndjson`,
];

/** Starts requests whose bodies never end. @returns ends them */
async function sendHalves(url: string, token: string): Promise<() => void> {
  const { hostname, port } = new URL(url);
  const head =
    `POST /api/pipeline/backfills HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n` +
    'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"symbols":';
  const sockets = await Promise.all(
    Array.from({ length: HALF_SENT }, async (): Promise<Socket> => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined); // the API may end it
      await once(socket, 'connect');
      socket.write(head);
      return socket;
    }),
  );
  return () => sockets.forEach((socket) => socket.destroy());
}

/**
 * How long /healthz takes while the API does what costs it most.
 * @param token of the admin
 */
export async function measureHealthBeside(url: string, token: string, symbols: readonly string[]): Promise<Figure> {
  const times: number[] = [];
  let isLoaded = true;
  const look = async () => {
    for (; isLoaded; await delay(INTERVAL_MS)) {
      const since = performance.now();
      const { status } = await fetch(`${url}/healthz`);
      if (status !== 200) throw new Error(`/healthz: ${status}`);
      times.push(performance.now() - since);
    }
  };
  const end = await sendHalves(url, token);
  const paths = symbols.flatMap((symbol) => EXPENSIVE.map((pathOf) => pathOf(symbol)));
  const load = async () => {
    try {
      await loadHttp({ url, paths, connections: CONNECTIONS, seconds: SECONDS });
    } finally {
      isLoaded = false;
    }
  };
  try {
    await Promise.all([look(), load()]);
  } finally {
    end();
  }
  const note = `${times.length} requests, half of them within ${median(times).toFixed(1)} ms`;
  return { name: '/healthz beside expensive requests, slowest', value: Math.max(...times), unit: 'ms', note };
}

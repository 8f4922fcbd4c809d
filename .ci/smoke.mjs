/**
 * Runs `npm start` on the simulated exchange, as a user would: waits until it is ready and has bars, stops it with SIGTERM,
 * and checks that no process is left. Uses free ports and a temporary data folder.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const READY_MS = 240_000;
const STOPS_MS = 20_000;

const dataDir = mkdtempSync(join(tmpdir(), 'barkeep-smoke-'));
const ports = { PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', METRICS_PORT: '0' };
// the command behind `npm start`: npm itself exits on SIGTERM without waiting for it
const start = spawn(process.execPath, ['cli/bootstrap.mjs', 'start', '--sandbox'], {
  env: { ...process.env, ...ports, DATA_DIR: dataDir },
  stdio: ['ignore', 'inherit', 'inherit'],
});
const exited = new Promise((resolve) => start.once('exit', (code, signal) => resolve(code ?? signal)));

try {
  const runtime = await until('it started', () => JSON.parse(readFileSync(join(dataDir, 'runtime.json'), 'utf8')));
  await until('/readyz returned 200', async () => (await fetch(`${runtime.api}/readyz`)).ok);
  const bars = await until('SPY had bars', async () => {
    const response = await fetch(`${runtime.api}/api/stocks/SPY/ohlcv?timeframe=1d&limit=1`);
    return (await response.json()).bars.length > 0 && response;
  });
  if (bars.headers.get('x-market-data') !== 'simulated') throw new Error('simulated bars are not marked as simulated');

  const page = await fetch(runtime.api);
  if (!page.ok || !(await page.text()).includes('<title>Barkeep</title>')) throw new Error('/ is not the dashboard');
  if (!page.headers.get('content-security-policy')?.includes("script-src 'self' 'sha256-"))
    throw new Error('the dashboard has no Content-Security-Policy');

  start.kill('SIGTERM');
  const code = await Promise.race([exited, delay(STOPS_MS, 'still running')]);
  if (code !== 0) throw new Error(`expected exit code 0 after SIGTERM, got ${code}`);
  const left = Object.entries(runtime.pids).filter(([, pid]) => pid !== null && isAlive(pid));
  if (left.length > 0) throw new Error(`still running: ${left.map(([name, pid]) => `${name} (${pid})`).join(', ')}`);
} finally {
  if (start.exitCode === null && start.signalCode === null) {
    start.kill('SIGTERM');
    await Promise.race([exited, delay(STOPS_MS)]);
  }
  rmSync(dataDir, { recursive: true, force: true });
}

/** Waits for a truthy value; throws if `npm start` exits or the time is up. */
async function until(what, attempt) {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (start.exitCode !== null) throw new Error(`npm start exited with code ${start.exitCode} before ${what}`);
    const value = await Promise.resolve()
      .then(attempt)
      .catch(() => false);
    if (value) return value;
    await delay(250);
  }
  throw new Error(`timed out after ${READY_MS / 1_000} s, before ${what}`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

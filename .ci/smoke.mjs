/**
 * `npm start` on the simulated exchange, as a user would: waits until it is ready and has bars, stops it with SIGTERM,
 * and makes sure that nothing stays. Any free ports, a data folder of its own.
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
// what `npm start` runs: npm itself ends at a SIGTERM without waiting for it
const start = spawn(process.execPath, ['cli/bootstrap.mjs', 'start', '--sandbox'], {
  env: { ...process.env, ...ports, DATA_DIR: dataDir },
  stdio: ['ignore', 'inherit', 'inherit'],
});
const exited = new Promise((resolve) => start.once('exit', (code, signal) => resolve(code ?? signal)));

try {
  const runtime = await until('it is up', () => JSON.parse(readFileSync(join(dataDir, 'runtime.json'), 'utf8')));
  await until('/readyz is 200', async () => (await fetch(`${runtime.api}/readyz`)).ok);
  const answer = await until('SPY has bars', async () => {
    const response = await fetch(`${runtime.api}/api/stocks/SPY/ohlcv?timeframe=1d&limit=1`);
    return (await response.json()).bars.length > 0 && response;
  });
  if (answer.headers.get('x-market-data') !== 'simulated') throw new Error('simulated bars are not marked as such');

  const page = await fetch(runtime.api);
  if (!page.ok || !(await page.text()).includes('<title>Barkeep</title>')) throw new Error('/ is not the dashboard');
  if (!page.headers.get('content-security-policy')?.includes("script-src 'self' 'sha256-"))
    throw new Error('the dashboard has no policy');

  start.kill('SIGTERM');
  const code = await Promise.race([exited, delay(STOPS_MS, 'still running')]);
  if (code !== 0) throw new Error(`after SIGTERM: expected exit code 0, was ${code}`);
  const left = Object.entries(runtime.pids).filter(([, pid]) => pid !== null && isAlive(pid));
  if (left.length > 0) throw new Error(`still running: ${left.map(([name, pid]) => `${name} (${pid})`).join(', ')}`);
} finally {
  if (start.exitCode === null && start.signalCode === null) {
    start.kill('SIGTERM');
    await Promise.race([exited, delay(STOPS_MS)]);
  }
  rmSync(dataDir, { recursive: true, force: true });
}

/** Waits for a value that is not false; throws once `npm start` has ended or the time is over. */
async function until(what, attempt) {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (start.exitCode !== null) throw new Error(`npm start ended with exit code ${start.exitCode} before ${what}`);
    const value = await Promise.resolve()
      .then(attempt)
      .catch(() => false);
    if (value) return value;
    await delay(250);
  }
  throw new Error(`not within ${READY_MS / 1_000} s: ${what}`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

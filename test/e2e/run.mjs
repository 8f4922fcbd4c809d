/**
 * `npm run test:e2e`: starts the stack on the simulated exchange, in the middle of a New York session, and drives the
 * dashboard in Debian's chromium. It uses free ports and its own data folder; screenshots go to artifacts/. Arguments are
 * passed on to Playwright.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Exit code of a check that .ci/run names as skipped. */
const SKIPPED = 77;
const READY_MS = 120_000;
const STOP_MS = 20_000;
/** Of what `npm start` prints, characters. */
const KEPT = 2_000;

/** The machine's browser; installs one if there is none. */
function findBrowser() {
  const found = browserOnPath();
  if (found) return found;
  if (process.getuid?.() !== 0) throw new Error('No chromium on PATH: install it (Debian: apt-get install chromium)');
  process.stdout.write('Installing chromium …\n');
  const apt = (...args) => execFileSync('apt-get', ['--quiet', '--quiet', ...args], { stdio: 'inherit' });
  apt('update');
  apt('install', '--yes', '--no-install-recommends', 'chromium');
  return findBrowser();
}

/** As for Python packages in .ci/run: CI without a browser skips these tests and checks the rest. */
function browserOrNone() {
  try {
    return findBrowser();
  } catch (error) {
    if (!process.env.CI) throw error;
    process.stdout.write(`skipped: chromium is not available here (${error.message.split('\n', 1)[0]})\n`);
    return null;
  }
}

async function until(what, attempt, isOver) {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (isOver())
      throw new Error(
        `npm start exited (${stack.exitCode ?? stack.signalCode}) before ${what}. It said last:\n${said}`,
      );
    const value = await Promise.resolve()
      .then(attempt)
      .catch(() => false);
    if (value) return value;
    await delay(250);
  }
  throw new Error(`timed out after ${READY_MS / 1_000} s, before ${what}`);
}

// exists once the project is built
const built = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { browserOnPath } = await built('bench/browser.js');
const { demoOffset } = await built('cli/start/options.js');
const browser = browserOrNone();
if (!browser) process.exit(SKIPPED);
const dataDir = mkdtempSync(join(tmpdir(), 'barkeep-e2e-'));
const stack = spawn(process.execPath, ['cli/bootstrap.mjs', 'start', '--sandbox'], {
  env: {
    ...process.env,
    ...{ PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', METRICS_PORT: '0' },
    MARKET_CLOCK_OFFSET: String(demoOffset(Date.now())),
    DATA_DIR: dataDir,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
// what it said last, in case it does not get up
let said = '';
stack.stdout.on('data', (text) => (said = `${said}${text}`.slice(-KEPT)));
const exited = new Promise((resolve) => stack.once('exit', resolve));
const hasEnded = () => stack.exitCode !== null || stack.signalCode !== null;

try {
  const readRuntime = () => JSON.parse(readFileSync(join(dataDir, 'runtime.json'), 'utf8'));
  const runtime = await until('the stack was up', readRuntime, hasEnded);
  const ports = JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8'));
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const tests = spawn(
    process.execPath,
    [cli, 'test', '--config', 'test/e2e/playwright.config.ts', ...process.argv.slice(2)],
    {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        E2E_BROWSER: browser,
        E2E_API: runtime.api,
        E2E_TOKEN: runtime.adminToken,
        E2E_SANDBOX: `http://127.0.0.1:${ports.sandbox}`,
        E2E_RUNTIME: join(dataDir, 'runtime.json'),
      },
      stdio: 'inherit',
    },
  );
  process.exitCode = await new Promise((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
} finally {
  if (!hasEnded()) {
    stack.kill('SIGTERM');
    await Promise.race([exited, delay(STOP_MS)]);
  }
  rmSync(dataDir, { recursive: true, force: true });
}

#!/usr/bin/env node
/**
 * Entry point of `npm start`, `npm test` and the other commands, on any Node that the machine has. It installs the
 * dependencies and builds if needed, then runs the command on the project's own Node. It may import only Node's built-in
 * modules: there may be no node_modules yet.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proxyVariables } from './prepare/proxy.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM_NODE = [20, 19];
const PARENT_CHECK_MS = 500;

/** What each command runs: node options and a script. */
const COMMANDS = {
  build: null,
  // it mostly waits, so a small heap is enough
  start: ['--max-semi-space-size=4', '--max-old-space-size=256', 'dist/cli/start.js'],
  asset: ['dist/cli/asset.js'],
  backfill: ['dist/cli/backfill.js'],
  doctor: ['dist/cli/doctor.js'],
  rebuild: ['dist/cli/rebuild.js'],
  market: ['dist/cli/market.js'],
  import: ['dist/cli/import.js'],
  backup: ['dist/cli/backup.js'],
  restore: ['dist/cli/restore.js'],
  bench: ['dist/bench/main.js'],
  chaos: ['dist/test/chaos/main.js'],
  cluster: ['dist/test/cluster/main.js'],
  docs: ['dist/test/documents/main.js'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  e2e: ['test/e2e/run.mjs'],
};

/** Commands that serve or build the dashboard. */
const WITH_DASHBOARD = new Set(['build', 'start', 'e2e', 'bench', 'chaos', 'docs']);
/** Commands that start PostgreSQL and Temporal. */
const WITH_SERVERS = new Set(['start', 'test', 'e2e', 'bench', 'chaos', 'cluster', 'docs']);

async function main([command, ...args]) {
  checkNode();
  if (!Object.hasOwn(COMMANDS, command ?? ''))
    throw new Error(`Usage: node cli/bootstrap.mjs <${Object.keys(COMMANDS).join('|')}> [arguments]`);
  process.chdir(root);
  Object.assign(process.env, proxyVariables(process.env));
  const { prepare } = await import('./prepare/prepare.mjs');
  const node = await prepare(root, {
    withDashboard: WITH_DASHBOARD.has(command),
    withServers: WITH_SERVERS.has(command),
  });
  const script = COMMANDS[command];
  if (!script) return 0;
  const entry = script.find((part) => !part.startsWith('-'));
  if (!existsSync(join(root, entry))) throw new Error(`${entry} is missing, so \`${command}\` cannot run.`);
  const result = await run(node, [...script, ...args]);
  if (result.signal === 'SIGKILL' && result.dataDir) await run(node, ['dist/cli/reap.js', result.dataDir]);
  return result.signal ? 1 : result.code;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = MINIMUM_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new Error(
    `Barkeep needs Node ${MINIMUM_NODE.join('.')} or newer to install; this is Node ${process.versions.node}.\n` +
      'Get a newer one from https://nodejs.org and try again.',
  );
}

/**
 * Runs a program on our terminal and passes signals on to it. By the IPC channel it learns when we are gone, and we learn
 * its data folder, to clean up if it is killed.
 */
function run(node, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], cwd: root });
    const pass = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
    let dataDir = null;
    child.on('message', (message) => (dataDir = message.dataDir));
    const orphaned = watchParent(() => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(orphaned);
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, pass);
      resolve({ code, signal, dataDir });
    });
  });
}

/** Under npm: detects that npm, or the shell between npm and us, was killed and no longer passes signals on. */
function watchParent(onOrphaned) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, PARENT_CHECK_MS);
  return timer.unref();
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(error.exitCode ?? 1);
  },
);

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboard, isDashboardBuilt } from './build-dashboard.mjs';
import { build, isBuilt, hashOf } from './build.mjs';
import { withLock } from './prepare-lock.mjs';

/** Where the npm package `node` has the Node that the project runs on, below node_modules. */
const NODE_PLACES = ['node/bin/node', `node-${process.platform}-${process.arch}/bin/node`];
const OWN_NODE_MAJOR = 24;
const PROGRESS_INTERVAL_MS = 15_000;
/** The end of npm's output that is shown if it fails. */
const SHOWN_OUTPUT_LENGTH = 4_000;

/**
 * Installs the dependencies and builds what is out of date. Several processes may call this at once: one does the work.
 * @param {string} root absolute path of the project
 * @param {boolean} withDashboard also builds the dashboard
 * @returns {Promise<string>} the Node program to run the project on
 */
export async function prepare(root, withDashboard) {
  const isDashboardDue = () => withDashboard && !isDashboardBuilt(root);
  if (!isInstalled(root) || !isBuilt(root) || isDashboardDue()) {
    mkdirSync(join(root, '.cache'), { recursive: true });
    await withLock(join(root, '.cache', 'prepare.lock'), async () => {
      // another process may have done the work while we waited
      if (!isInstalled(root)) await install(root);
      if (!isBuilt(root)) await build(root, ownNode(root));
      if (isDashboardDue()) buildDashboard(root, ownNode(root));
    });
  }
  return ownNode(root);
}

const stampFile = (root) => join(root, 'node_modules', '.barkeep-lock');
const lockHash = (root) => hashOf([join(root, 'package-lock.json')], root);

/** Whether node_modules matches package-lock.json: by our stamp, or because npm wrote it after the last change of the lock. */
function isInstalled(root) {
  const installed = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  if (!installed) return false;
  if (installed.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return true;
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === lockHash(root);
}

async function install(root) {
  // npm ci empties the folder first; a link may point to the folder of another project
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Error(
      'node_modules is a symbolic link and does not match package-lock.json. Remove the link and try again.',
    );
  const since = Date.now();
  const seconds = () => Math.round((Date.now() - since) / 1000);
  console.log('Installing dependencies with npm ci (about a minute) …');
  const progress = setInterval(() => console.log(`  still installing (${seconds()} s) …`), PROGRESS_INTERVAL_MS);
  try {
    await npm(root, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  } finally {
    clearInterval(progress);
  }
  writeFileSync(stampFile(root), lockHash(root));
  console.log(`Dependencies installed in ${seconds()} s`);
}

/** Runs the npm that started us, or else the one on PATH. */
function npm(root, args) {
  const [command, first] = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-SHOWN_OUTPUT_LENGTH)));
    const interrupt = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, interrupt);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, interrupt);
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} failed (${signal ?? `exit code ${code}`}):\n${output.trim()}`));
    });
  });
}

function ownNode(root) {
  const own = NODE_PLACES.map((place) => join(root, 'node_modules', place)).find((path) => existsSync(path));
  if (own && spawnSync(own, ['--version']).status === 0) return own;
  if (Number(process.versions.node.split('.')[0]) >= OWN_NODE_MAJOR) return process.execPath;
  throw new Error(
    `The project runs on Node ${OWN_NODE_MAJOR} from the npm package \`node\`, which does not work here: its install script ` +
      'may have been blocked.\nRun `npm ci` with scripts allowed, or use ' +
      `Node ${OWN_NODE_MAJOR} yourself.`,
  );
}

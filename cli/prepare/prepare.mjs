import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildDashboard, isDashboardBuilt } from './build-dashboard.mjs';
import { build, isBuilt, hashOf } from './build.mjs';
import { withLock } from './prepare-lock.mjs';
import { step } from './run-step.mjs';
import { checkTemporalInReach } from './temporal-in-reach.mjs';
import { checkUsableFolder } from './usable-folder.mjs';

/** Where the npm package `node` has the Node that the project runs on, below node_modules. */
const NODE_PLACES = ['node/bin/node', `node-${process.platform}-${process.arch}/bin/node`];
const OWN_NODE_MAJOR = 24;
const INSTALLATION = 'npm ci: one or two minutes, 1.3 GB on disk';

/**
 * Installs the dependencies and builds what is out of date. Several processes may call this at once: one does the work.
 * @param {string} root absolute path of the project
 * @param {{ withDashboard: boolean, withServers: boolean }} needs of the command: the dashboard is built only if it is
 * needed, and nothing is installed if PostgreSQL and Temporal are needed and cannot run here
 * @returns {Promise<string>} the Node program to run the project on
 */
export async function prepare(root, { withDashboard, withServers }) {
  if (withServers) checkUsableFolder(root, process.env);
  const isDashboardDue = () => withDashboard && !isDashboardBuilt(root);
  if (!isInstalled(root) || !isBuilt(root) || isDashboardDue()) {
    mkdirSync(join(root, '.cache'), { recursive: true });
    await withLock(join(root, '.cache', 'prepare.lock'), async () => {
      // another process may have done the work while we waited
      if (!isInstalled(root)) {
        if (withServers) await checkTemporalInReach(root, process.env);
        await install(root);
      }
      if (!isBuilt(root)) await build(root, ownNode(root));
      if (isDashboardDue()) await buildDashboard(root, ownNode(root));
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
  const words = { doing: 'Installing dependencies', done: 'Dependencies installed', expected: INSTALLATION };
  await step(words, (run) => {
    // the npm that started us, or else the one on PATH: pnpm, Yarn and Bun name themselves in this variable, too
    const { npm_execpath: own = '' } = process.env;
    const npm = basename(own).startsWith('npm') ? [process.execPath, own] : ['npm'];
    return run(
      npm[0],
      [...npm.slice(1), 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: root,
      },
    );
  });
  writeFileSync(stampFile(root), lockHash(root));
}

/** @throws Error that says why the project's own Node does not run, and what to do */
function ownNode(root) {
  const own = NODE_PLACES.map((place) => join(root, 'node_modules', place)).find((path) => existsSync(path));
  const { status, stderr, error } = own ? spawnSync(own, ['--version'], { encoding: 'utf8' }) : {};
  if (status === 0) return own;
  if (Number(process.versions.node.split('.')[0]) >= OWN_NODE_MAJOR) return process.execPath;
  const alternative = `or use Node ${OWN_NODE_MAJOR} yourself, and start again.`;
  throw new Error(
    own
      ? `The project's own Node does not run here: ${(stderr || error?.message || '').trim()}\nMend that, ${alternative}`
      : `The project runs on Node ${OWN_NODE_MAJOR} from the npm package \`node\`, whose install script has not run.\n` +
          `Run \`npm ci --ignore-scripts=false\`, ${alternative}`,
  );
}

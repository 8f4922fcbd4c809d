import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboard, isDashboardBuilt } from './build-dashboard.mjs';
import { build, isBuilt, hashOf } from './build.mjs';
import { withLock } from './prepare-lock.mjs';
import { step } from './run-step.mjs';
import { checkTemporalInReach } from './temporal-in-reach.mjs';

/** Where the npm package `node` has the Node that the project runs on, below node_modules. */
const NODE_PLACES = ['node/bin/node', `node-${process.platform}-${process.arch}/bin/node`];
const OWN_NODE_MAJOR = 24;
const INSTALLATION = 'npm ci: one or two minutes, 1.3 GB on disk';

/**
 * Installs the dependencies and builds what is out of date. Several processes may call this at once: one does the work.
 * @param {string} root absolute path of the project
 * @param {{ withDashboard: boolean, withTemporal: boolean }} needs of the command: the dashboard is built only if it is
 * needed, and nothing is installed if Temporal is needed and out of reach
 * @returns {Promise<string>} the Node program to run the project on
 */
export async function prepare(root, { withDashboard, withTemporal }) {
  const isDashboardDue = () => withDashboard && !isDashboardBuilt(root);
  if (!isInstalled(root) || !isBuilt(root) || isDashboardDue()) {
    mkdirSync(join(root, '.cache'), { recursive: true });
    await withLock(join(root, '.cache', 'prepare.lock'), async () => {
      // another process may have done the work while we waited
      if (!isInstalled(root)) {
        if (withTemporal) await checkTemporalInReach(root, process.env);
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
    // the npm that started us, or else the one on PATH
    const { npm_execpath: own } = process.env;
    const npm = own ? [process.execPath, own] : ['npm'];
    return run(npm[0], [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
    });
  });
  writeFileSync(stampFile(root), lockHash(root));
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

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from '../../cli/prepare/build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * jest's globalSetup: starts the servers of the integration tests once and sets the variables with their addresses.
 * If the variables are already set, it uses those servers. `npm test` has bundled the workflows with the rest of dist/.
 */
export default async function setup() {
  if (process.env.BARKEEP_TEST_DATABASE_URL && process.env.BARKEEP_TEST_TEMPORAL_ADDRESS) return;
  if (isBuilt(root)) process.env.BARKEEP_TEST_WORKFLOWS = join(root, 'dist/workflow-bundle.js');
  const host = fork(fileURLToPath(new URL('./host.mjs', import.meta.url)), { detached: true, execArgv: [] });
  const message = await new Promise((resolve) => {
    host.once('message', resolve);
    host.once('exit', (code) => resolve({ failed: `exit code ${code}` }));
  });
  if (message.failed) throw new Error(`The servers for the integration tests did not start: ${message.failed}`);
  Object.assign(process.env, message.variables);
  globalThis.barkeepTestHost = host;
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * jest's globalSetup: starts the servers of the integration tests, once for all, and tells the tests where they are.
 * Servers that are running already (the variables are set) are used as they are.
 */
export default async function setup() {
  if (process.env.BARKEEP_TEST_DATABASE_URL && process.env.BARKEEP_TEST_TEMPORAL_ADDRESS) return;
  const host = fork(fileURLToPath(new URL('./host.mjs', import.meta.url)), { detached: true, execArgv: [] });
  const answer = await new Promise((resolve) => {
    host.once('message', resolve);
    host.once('exit', (code) => resolve({ failed: `exit code ${code}` }));
  });
  if (answer.failed) throw new Error(`The servers for the integration tests did not start: ${answer.failed}`);
  Object.assign(process.env, answer.variables);
  globalThis.barkeepTestHost = host;
}

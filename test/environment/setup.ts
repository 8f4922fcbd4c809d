import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: bootstrap's modules are JavaScript, without declarations
import { isBuilt as untyped } from '../../cli/prepare/build.mjs';

const isBuilt = untyped as (root: string) => boolean;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What host.mjs answers. */
type Answer = { variables: Record<string, string> } | { failed: string };

/**
 * Starts the servers of the integration tests once and sets the variables with their addresses. If the variables are already
 * set, it uses those servers. `npm test` has bundled the workflows with the rest of dist/.
 * @returns stops them, and waits for them to exit
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.BARKEEP_TEST_DATABASE_URL && process.env.BARKEEP_TEST_TEMPORAL_ADDRESS) return;
  if (isBuilt(root)) process.env.BARKEEP_TEST_WORKFLOWS = join(root, 'dist/workflow-bundle.js');
  const host = fork(fileURLToPath(new URL('./host.mjs', import.meta.url)), { detached: true, execArgv: [] });
  const ended = once(host, 'exit');
  const answer = await new Promise<Answer>((resolve) => {
    host.once('message', resolve);
    void ended.then(([code]) => resolve({ failed: `exit code ${code}` }));
  });
  if ('failed' in answer) throw new Error(`The servers for the integration tests did not start: ${answer.failed}`);
  Object.assign(process.env, answer.variables);
  return async () => {
    if (host.connected) host.disconnect();
    await ended;
  };
}

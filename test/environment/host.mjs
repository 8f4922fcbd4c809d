/**
 * Runs the servers of the integration tests while the tests run. It is a separate process, so that they stop whatever ends
 * the test runner. It runs the TypeScript sources directly.
 */
import './typescript.mjs';

const { startTestServers } = await import('./servers.ts');
try {
  const servers = await startTestServers();
  // Ctrl-C reaches only the test runner: this process ends when its channel to that closes
  const end = () => servers.stop().then(() => process.exit(0));
  process.once('disconnect', () => void end());
  if (process.connected) process.send({ variables: servers.variables });
  else await end();
} catch (error) {
  process.send?.({ failed: error.message }, () => process.exit(1));
}

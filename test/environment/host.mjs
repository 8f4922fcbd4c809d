/**
 * Runs the servers of the integration tests while jest runs. It is a separate process, so that they stop whatever ends
 * jest. It runs the TypeScript sources directly.
 */
import './typescript.mjs';

const { startTestServers } = await import('./servers.ts');
try {
  const servers = await startTestServers();
  // Ctrl-C reaches only jest: this process ends when its channel to jest closes
  const end = () => servers.stop().then(() => process.exit(0));
  process.once('disconnect', () => void end());
  if (process.connected) process.send({ variables: servers.variables });
  else await end();
} catch (error) {
  process.send?.({ failed: error.message }, () => process.exit(1));
}

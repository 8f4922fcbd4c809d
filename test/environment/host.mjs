/**
 * Runs the servers of the integration tests while jest runs. It is a separate process, so that they stop whatever ends
 * jest. It runs the TypeScript sources directly: Node strips the types, and the hook resolves `x.js` to `x.ts`.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    return next(specifier, context);
  },
});

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

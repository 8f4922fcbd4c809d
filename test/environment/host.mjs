/**
 * Holds the servers of the integration tests for as long as jest lives: a process of its own, so that they end with it
 * whatever ends it. Runs the TypeScript sources as they are: Node takes the types away, the hook finds `x.ts` for `x.js`.
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
  // Ctrl-C reaches jest alone: we end when our channel to it closes
  const end = () => servers.stop().then(() => process.exit(0));
  process.once('disconnect', () => void end());
  if (process.connected) process.send({ variables: servers.variables });
  else await end();
} catch (error) {
  process.send?.({ failed: error.message }, () => process.exit(1));
}

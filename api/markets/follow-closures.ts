import type { FastifyInstance } from 'fastify';
import pTimeout from 'p-timeout';
import { ClosureWatch } from '../../db/closure-watch.js';
import type { ApiDeps } from '../deps.js';

/** Without the database, requests begin after this time with what is known. */
const MAX_WAIT_MS = 500;

/** Requests to the API begin with the closures that are stored. */
export function followClosures(fastify: FastifyInstance, { database, log }: ApiDeps): void {
  const closures = new ClosureWatch(database.pool);
  fastify.addHook('onRequest', async ({ url }) => {
    if (!url.startsWith('/api/')) return;
    await pTimeout(closures.refresh(), { milliseconds: MAX_WAIT_MS }).catch((error: unknown) =>
      log.debug({ err: error }, 'the closures cannot be read'),
    );
  });
}

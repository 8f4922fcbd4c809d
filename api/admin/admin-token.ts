import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import type { ApiDeps } from '../deps.js';
import { Problem } from '../http/problem.js';
import { pathOf } from '../http/problem.filter.js';

/** Configuration of the routes that require the token; see `Describe`. */
export const ADMIN_ROUTE = { admin: true } as const;

/** The wait after each incorrect token of the last minute, and the longest one. */
const WAIT_MS = 0.1 * SECOND;
const MAX_WAIT_MS = 3 * SECOND;

/**
 * Requires `Authorization: Bearer <ADMIN_TOKEN>` on the routes with ADMIN_ROUTE. A hook rather than a guard, as guards run
 * after the body has been read: nobody may make the API wait for a body without the token. Incorrect tokens are counted,
 * logged and slowed down; the correct one never waits.
 */
export function requireAdminToken(fastify: FastifyInstance, deps: ApiDeps, registry: Registry): void {
  const rejections = new Counter({
    name: 'barkeep_admin_rejections_total',
    help: 'Write requests with an incorrect admin token.',
    registers: [registry],
  });
  let recent: number[] = [];
  fastify.addHook('onRequest', async (request, reply) => {
    if (!('admin' in request.routeOptions.config)) return;
    const { authorization } = request.headers;
    const problem = tokenProblem(deps.adminToken, authorization);
    if (!problem) return;
    // the body stays unread
    if (request.method !== 'DELETE') reply.header('Connection', 'close');
    if (problem.status === 401 && authorization !== undefined) {
      rejections.inc();
      deps.log.warn({ path: pathOf(request), client: request.ip, requestId: request.id }, 'incorrect admin token');
      recent = [
        ...recent.filter((at) => at > performance.now() - MINUTE).slice(-MAX_WAIT_MS / WAIT_MS),
        performance.now(),
      ];
      await delay(Math.min(recent.length * WAIT_MS, MAX_WAIT_MS));
    }
    throw problem;
  });
}

/**
 * What is wrong with an Authorization header; null if it has the token.
 * @returns 403 if no token is configured, 401 if the header has none or an incorrect one
 */
export function tokenProblem(adminToken: string | undefined, authorization: string | undefined): Problem | null {
  if (!adminToken) {
    return new Problem(403, 'Writes are off because ADMIN_TOKEN is not set. Set it and restart the API.', {
      type: 'writes-off',
    });
  }
  const token = bearerOf(authorization);
  if (token !== null && isEqual(token, adminToken)) return null;
  const [detail, error] =
    token === null
      ? ['The admin token is missing. Send it as Authorization: Bearer <ADMIN_TOKEN>.', '']
      : ['The admin token is incorrect.', ', error="invalid_token"'];
  return new Problem(401, detail, { headers: { 'WWW-Authenticate': `Bearer realm="barkeep"${error}` } });
}

const bearerOf = (header: string | undefined): string | null => /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;

/** Takes the same time wherever the two differ, and whatever their lengths. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

import { setTimeout as delay } from 'node:timers/promises';
import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { isToken, type TokenDigest, type Tokens } from '../../config/tokens.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import type { ApiDeps } from '../deps.js';
import { Problem } from '../http/problem.js';
import { pathOf } from '../http/problem.filter.js';

/** Configuration of the routes that require the admin token; see `Describe`. */
export const ADMIN_ROUTE = { admin: true } as const;

/** Holds the read token in browsers, which send no header with a stream, a download or a link. */
export const READ_COOKIE = 'barkeep_read';

/** The wait after each incorrect token of the last minute, and the longest one. */
const WAIT_MS = 0.1 * SECOND;
const MAX_WAIT_MS = 3 * SECOND;

/** Without the read token, it shows less instead of a problem. */
const OPEN_ROUTE = '/readyz';

type TokenName = keyof Tokens;

/**
 * Requires `Authorization: Bearer <ADMIN_TOKEN>` on the routes with ADMIN_ROUTE. If there is a read token, all others below
 * /api and the metrics require it, in the same header or in the cookie; the admin token does as well. A hook rather than a
 * guard, as guards run after the body has been read: nobody may make the API wait for a body without the token. Wherever a
 * token makes a difference, incorrect ones are counted, logged and slowed down; the correct one never waits.
 */
export function requireTokens(fastify: FastifyInstance, deps: ApiDeps, registry: Registry): void {
  const rejections = new Counter({
    name: 'barkeep_token_rejections_total',
    help: 'Requests with an incorrect token.',
    labelNames: ['token'],
    registers: [registry],
  });
  for (const token of ['admin', 'read'] satisfies TokenName[]) rejections.inc({ token }, 0);
  let recent: number[] = [];
  const slowDown = async (token: TokenName, request: FastifyRequest) => {
    rejections.inc({ token });
    deps.log.warn({ token, path: pathOf(request), client: request.ip, requestId: request.id }, 'incorrect token');
    recent = [
      ...recent.filter((at) => at > performance.now() - MINUTE).slice(-MAX_WAIT_MS / WAIT_MS),
      performance.now(),
    ];
    await delay(Math.min(recent.length * WAIT_MS, MAX_WAIT_MS));
  };
  fastify.addHook('onRequest', async (request, reply) => {
    const needed = neededToken(request, deps.tokens);
    const problem = needed && tokenProblem(needed, deps.tokens, request.headers);
    if (!problem) return;
    const isOpen = request.routeOptions.url === OPEN_ROUTE;
    // the body stays unread
    if (!isOpen && !['GET', 'HEAD', 'DELETE'].includes(request.method)) reply.header('Connection', 'close');
    if (problem.status === 401 && hasToken(needed, request.headers)) await slowDown(needed, request);
    if (!isOpen) throw problem;
  });
  // a cache that several people share must not hand out what one of them may read
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const caching = reply.getHeader('cache-control');
    if (typeof caching === 'string' && neededToken(request, deps.tokens) === 'read')
      reply.header('Cache-Control', caching.replace('public', 'private'));
    done(null, payload);
  });
}

/** The route decides, not the path: a path can be written in many ways. */
function neededToken({ method, routeOptions }: FastifyRequest, tokens: Tokens): TokenName | null {
  const { config, url = '' } = routeOptions;
  if ('admin' in config) return 'admin';
  // a browser asks without the token whether it may send one
  if (!tokens.read || method === 'OPTIONS') return null;
  return url.startsWith('/api/') || url === '/metrics' || url === OPEN_ROUTE ? 'read' : null;
}

type Headers = Pick<FastifyRequest['headers'], 'authorization' | 'cookie'>;

/**
 * What is wrong with the token of a request; null if nothing is.
 * @returns 403 if no admin token is configured but needed, 401 if the request has no token or an incorrect one
 */
export function tokenProblem(needed: TokenName, tokens: Tokens, headers: Headers): Problem | null {
  const { admin, read } = tokens;
  if (needed === 'admin' && !admin) {
    return new Problem(403, 'Writes are off because ADMIN_TOKEN is not set. Set it and restart the API.', {
      type: 'writes-off',
    });
  }
  const token = bearerOf(headers.authorization);
  const accepted = needed === 'admin' ? [admin] : [read, admin];
  if (token !== null && accepted.some((digest) => digest && isToken(token, digest))) return null;
  if (needed === 'read' && isReadCookie(headers.cookie, read)) return null;
  const [detail, error] =
    token === null
      ? [`The ${needed} token is missing. Send it as Authorization: Bearer <${needed.toUpperCase()}_TOKEN>.`, '']
      : [`The ${needed} token is incorrect.`, ', error="invalid_token"'];
  return unauthorized(detail, error);
}

/** @param error of RFC 6750, with a comma before it */
export const unauthorized = (detail: string, error = ''): Problem =>
  new Problem(401, detail, { headers: { 'WWW-Authenticate': `Bearer realm="barkeep"${error}` } });

/** Whether someone who may read sends the request. */
export const mayRead = ({ headers }: FastifyRequest, { tokens }: ApiDeps): boolean =>
  !tokens.read || tokenProblem('read', tokens, headers) === null;

/** The token of an Authorization header; null if it has none. */
export const bearerOf = (header: string | undefined): string | null =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;

/** Never the admin token: all servers of a host are sent the cookies of one of them. */
function isReadCookie(header: string | undefined, read: TokenDigest | undefined): boolean {
  const token = readCookie(header);
  return token !== undefined && read !== undefined && isToken(token, read);
}

const readCookie = (header: string | undefined): string | undefined => parseCookie(header ?? '')[READ_COOKIE];

/** Whether a request has a token, correct or not, where the needed one is looked for. */
const hasToken = (needed: TokenName, { authorization, cookie }: Headers): boolean =>
  bearerOf(authorization) !== null || (needed === 'read' && readCookie(cookie) !== undefined);

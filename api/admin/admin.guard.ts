import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DEPS, type ApiDeps } from '../deps.js';
import { Problem } from '../http/problem.js';

/**
 * Requires `Authorization: Bearer <ADMIN_TOKEN>`.
 * @throws Problem 403 if no token is configured, 401 if the request has none or an incorrect one
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(DEPS) private readonly deps: ApiDeps) {}

  canActivate(context: ExecutionContext): boolean {
    const { adminToken } = this.deps;
    if (!adminToken) {
      throw new Problem(403, 'Writes are off because ADMIN_TOKEN is not set. Set it and restart the API.', {
        type: 'writes-off',
      });
    }
    const token = bearerOf(context.switchToHttp().getRequest<FastifyRequest>().headers.authorization);
    if (token !== null && isEqual(token, adminToken)) return true;
    const [detail, error] =
      token === null
        ? ['The admin token is missing. Send it as Authorization: Bearer <ADMIN_TOKEN>.', '']
        : ['The admin token is incorrect.', ', error="invalid_token"'];
    throw new Problem(401, detail, { headers: { 'WWW-Authenticate': `Bearer realm="barkeep"${error}` } });
  }
}

const bearerOf = (header: string | undefined): string | null => /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;

/** Takes the same time wherever the two differ, and whatever their lengths. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

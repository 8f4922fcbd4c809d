import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DEPS, type ApiDeps } from '../deps.js';
import { Problem } from '../http/problem.js';

/**
 * Lets through who brings `Authorization: Bearer <ADMIN_TOKEN>`.
 * @throws Problem 403 where no token is configured, 401 where it is missing or another one
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(DEPS) private readonly deps: ApiDeps) {}

  canActivate(context: ExecutionContext): boolean {
    const { adminToken } = this.deps;
    if (!adminToken) {
      throw new Problem(403, 'Writes are off: this server has no ADMIN_TOKEN. Set one and start it again.', {
        type: 'writes-off',
      });
    }
    const given = bearerOf(context.switchToHttp().getRequest<FastifyRequest>().headers.authorization);
    if (given !== null && isSame(given, adminToken)) return true;
    const [detail, error] =
      given === null
        ? ['This needs the admin token: Authorization: Bearer <ADMIN_TOKEN>.', '']
        : ['That is not the admin token of this server.', ', error="invalid_token"'];
    throw new Problem(401, detail, { headers: { 'WWW-Authenticate': `Bearer realm="barkeep"${error}` } });
  }
}

const bearerOf = (header: string | undefined): string | null => /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;

/** In a time that tells nothing of where they differ, or of how long the right one is. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

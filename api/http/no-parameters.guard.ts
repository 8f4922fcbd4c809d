import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidParameters, unknownParameter } from './problem.js';

/** Rejects every query parameter, for routes that have none. */
export class NoParametersGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const query = context.switchToHttp().getRequest<FastifyRequest>().query as Record<string, unknown>;
    const given = Object.keys(query);
    if (given.length === 0) return true;
    throw invalidParameters(given.map((parameter) => unknownParameter(parameter, 'query', [])));
  }
}

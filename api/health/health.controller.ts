import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { mayRead } from '../admin/tokens.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { type StatusResponse } from '../http/response.js';
import { Describe } from '../openapi/describe.js';
import { HealthSchema, ReadinessSchema } from './health.schema.js';
import { HealthService } from './health.service.js';

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    private readonly service: HealthService,
    @Inject(DEPS) private readonly deps: ApiDeps,
  ) {}

  @Get('healthz')
  @Describe({
    operationId: 'health',
    summary: 'Liveness of the API',
    description:
      'Returns 200 while the process can respond. Checks no other service, so a failure means that the process must be restarted.',
    ok: HealthSchema,
    unready: null,
  })
  health(): StatusResponse {
    return this.service.health();
  }

  @Get('readyz')
  @Describe({
    operationId: 'readiness',
    summary: 'Readiness of the API',
    description:
      'Checks the database, its schema, Temporal and the schedules, and names a missing worker, bad rows of the table `assets`, bad entries of the closures file, and backups that fail. Returns 503 while a check fails; a warning changes nothing. If the server has a read token, responses without it lack the details.',
    ok: ReadinessSchema,
    unready: {
      body: ReadinessSchema,
      shows: {
        status: 'not_ready',
        checks: [{ name: 'temporal', status: 'failed', detail: 'no response within 1.8 s' }],
      },
    },
  })
  readiness(@Req() request: FastifyRequest): Promise<StatusResponse> {
    return this.service.readiness(mayRead(request, this.deps));
  }
}

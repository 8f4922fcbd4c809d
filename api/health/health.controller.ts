import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type StatusResponse } from '../http/response.js';
import { Describe } from '../openapi/describe.js';
import { HealthSchema, ReadinessSchema } from './health.schema.js';
import { HealthService } from './health.service.js';

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(private readonly service: HealthService) {}

  @Get('healthz')
  @Describe({
    operationId: 'health',
    summary: 'Whether this process lives',
    description: 'It asks nobody: a process that answers this need not be restarted.',
    ok: HealthSchema,
    unready: null,
  })
  health(): StatusResponse {
    return this.service.health();
  }

  @Get('readyz')
  @Describe({
    operationId: 'readiness',
    summary: 'Whether all that it needs is there, each named',
    description: 'Database, its schema, Temporal and the schedules; 503 while one of them is missing.',
    ok: ReadinessSchema,
    unready: {
      body: ReadinessSchema,
      shows: {
        status: 'not_ready',
        checks: [{ name: 'temporal', status: 'failed', detail: 'no answer within 1.8 s' }],
      },
    },
  })
  readiness(): Promise<StatusResponse> {
    return this.service.readiness();
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type StatusAnswer } from '../http/answer.js';
import { Describe } from '../openapi/describe.js';
import { HealthSchema, ReadinessSchema, type HealthBody } from './health.schema.js';
import { HealthService } from './health.service.js';

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(private readonly service: HealthService) {}

  @Get('healthz')
  @Describe({ operationId: 'health', summary: 'Whether this process lives', ok: HealthSchema, unready: null })
  health(): HealthBody {
    return this.service.health();
  }

  @Get('readyz')
  @Describe({
    operationId: 'readiness',
    summary: 'Whether all that it needs is there, each named',
    ok: ReadinessSchema,
    unready: ReadinessSchema,
  })
  readiness(): Promise<StatusAnswer> {
    return this.service.readiness();
  }
}

import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @Describe({
    operationId: 'metrics',
    summary: 'Prometheus metrics',
    description:
      'Returns the metrics of this process and of the pipelines in the Prometheus text format. Without a database, metrics that come from it are absent.',
    ok: null,
    also: { 'text/plain': '# TYPE barkeep_bars_stored gauge\nbarkeep_bars_stored 67866\n' },
    unready: null,
  })
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  text(): Promise<string> {
    return this.metrics.text();
  }
}

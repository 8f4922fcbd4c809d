import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import { AssetsModule } from '../assets/assets.module.js';
import { PipelineModule } from '../pipeline/pipeline.module.js';
import { TemporalModule } from '../temporal/temporal.module.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';
import { PipelineFigures } from './pipeline-figures.js';
import { ProviderFigures } from './provider-figures.js';
import { QualityFigures } from './quality-figures.js';

@Module({})
export class MetricsModule {
  static with(registry: Registry): DynamicModule {
    return {
      module: MetricsModule,
      imports: [AssetsModule, PipelineModule, TemporalModule],
      controllers: [MetricsController],
      providers: [
        MetricsService,
        PipelineFigures,
        ProviderFigures,
        QualityFigures,
        { provide: Registry, useValue: registry },
      ],
    };
  }
}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { TemporalModule } from '../temporal/temporal.module.js';
import { FreshnessService } from './freshness.service.js';
import { PipelineController } from './pipeline.controller.js';
import { RunsService } from './runs.service.js';
import { StatusService } from './status.service.js';
import { TimelineService } from './timeline.service.js';

@Module({
  imports: [AssetsModule, TemporalModule],
  controllers: [PipelineController],
  providers: [StatusService, RunsService, FreshnessService, TimelineService],
  exports: [FreshnessService, RunsService],
})
export class PipelineModule {}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { PipelineModule } from '../pipeline/pipeline.module.js';
import { TemporalModule } from '../temporal/temporal.module.js';
import { BackfillsController } from './backfills.controller.js';
import { BackfillsService } from './backfills.service.js';

@Module({
  imports: [AssetsModule, PipelineModule, TemporalModule],
  controllers: [BackfillsController],
  providers: [BackfillsService],
  exports: [BackfillsService],
})
export class BackfillsModule {}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { BackfillsModule } from '../backfills/backfills.module.js';
import { TemporalModule } from '../temporal/temporal.module.js';
import { FollowController } from './follow.controller.js';
import { FollowService } from './follow.service.js';

@Module({
  imports: [AssetsModule, BackfillsModule, TemporalModule],
  controllers: [FollowController],
  providers: [FollowService],
})
export class FollowModule {}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { TemporalModule } from '../temporal/temporal.module.js';
import { QuarantineController } from './quarantine.controller.js';
import { QuarantineService } from './quarantine.service.js';

@Module({
  imports: [AssetsModule, TemporalModule],
  controllers: [QuarantineController],
  providers: [QuarantineService],
})
export class QuarantineModule {}

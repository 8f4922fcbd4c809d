import { Module } from '@nestjs/common';
import { TemporalModule } from '../temporal/temporal.module.js';
import { SchedulesController } from './schedules.controller.js';
import { SchedulesService } from './schedules.service.js';

@Module({ imports: [TemporalModule], controllers: [SchedulesController], providers: [SchedulesService] })
export class SchedulesModule {}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { TemporalModule } from '../temporal/temporal.module.js';
import { LineageController } from './lineage.controller.js';
import { LineageService } from './lineage.service.js';

@Module({ imports: [AssetsModule, TemporalModule], controllers: [LineageController], providers: [LineageService] })
export class LineageModule {}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ClosuresService } from './closures.service.js';
import { MarketsController } from './markets.controller.js';
import { MarketsService } from './markets.service.js';

@Module({ imports: [AssetsModule], controllers: [MarketsController], providers: [ClosuresService, MarketsService] })
export class MarketsModule {}

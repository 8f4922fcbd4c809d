import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { LatestService } from '../latest/latest.service.js';
import { SeriesService } from './series.service.js';

/** What stocks and coins share. */
@Module({ imports: [AssetsModule], providers: [SeriesService, LatestService], exports: [SeriesService, LatestService] })
export class MarketDataModule {}

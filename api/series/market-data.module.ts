import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { LatestService } from '../latest/latest.service.js';
import { KeptAnswers } from './kept-answers.js';
import { SeriesService } from './series.service.js';

/** What stocks and coins share. */
@Module({
  imports: [AssetsModule],
  providers: [SeriesService, LatestService, KeptAnswers],
  exports: [SeriesService, LatestService],
})
export class MarketDataModule {}

import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { FormingController } from '../latest/forming.controller.js';
import { FormingService } from '../latest/forming.service.js';
import { LatestListController } from '../latest/latest-list.controller.js';
import { LatestListService } from '../latest/latest-list.service.js';
import { LatestService } from '../latest/latest.service.js';
import { GapReasons } from './gap-reasons.js';
import { LongReads } from './long-reads.js';
import { ResponseCache } from './response-cache.js';
import { SeriesRequests } from './series-requests.js';
import { SeriesService } from './series.service.js';
import { SeriesVersions } from './series-versions.js';

/** The services that the path families of stocks and coins share. */
@Module({
  imports: [AssetsModule],
  controllers: [LatestListController, FormingController],
  providers: [
    SeriesRequests,
    SeriesService,
    GapReasons,
    LatestService,
    LatestListService,
    FormingService,
    ResponseCache,
    LongReads,
    SeriesVersions,
  ],
  exports: [SeriesService, LatestService],
})
export class MarketDataModule {}

import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type TableResponse } from '../http/response.js';
import { queryOf } from '../http/validate.js';
import { latestDocs } from '../latest/latest.docs.js';
import { type LatestBody } from '../latest/latest.schema.js';
import { LatestService } from '../latest/latest.service.js';
import { Describe } from '../openapi/describe.js';
import { ClientHasLeft, type HasLeft } from '../series/long-reads.js';
import {
  CryptoIndicatorQuery,
  CryptoSeriesQuery,
  type IndicatorQuery,
  type SeriesQuery,
} from '../series/series-query.schema.js';
import { indicatorsDocs, ohlcvDocs } from '../series/series.docs.js';
import { SeriesService } from '../series/series.service.js';

@ApiTags('crypto')
@Controller('api/crypto/:symbol')
export class CryptoController {
  constructor(
    private readonly series: SeriesService,
    private readonly latestBars: LatestService,
  ) {}

  @Get('ohlcv')
  @Describe(ohlcvDocs('crypto'))
  ohlcv(
    @Param('symbol') symbol: string,
    @Query(queryOf(CryptoSeriesQuery)) query: SeriesQuery,
    @Headers('accept') accept: string | undefined,
    @ClientHasLeft() hasLeft: HasLeft,
  ): Promise<TableResponse> {
    return this.series.ohlcv('crypto', symbol, query, hasLeft, accept);
  }

  @Get('indicators')
  @Describe(indicatorsDocs('crypto'))
  indicators(
    @Param('symbol') symbol: string,
    @Query(queryOf(CryptoIndicatorQuery)) query: IndicatorQuery,
    @Headers('accept') accept: string | undefined,
    @ClientHasLeft() hasLeft: HasLeft,
  ): Promise<TableResponse> {
    return this.series.indicators('crypto', symbol, query, hasLeft, accept);
  }

  @Get('latest')
  @Describe(latestDocs('crypto'))
  latest(@Param('symbol') symbol: string): Promise<LatestBody> {
    return this.latestBars.latest('crypto', symbol);
  }
}

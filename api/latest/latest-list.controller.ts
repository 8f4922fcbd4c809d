import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/query.js';
import { Describe } from '../openapi/describe.js';
import { LatestListQuery, LatestListSchema, type LatestListBody, type LatestListFilter } from './latest-list.schema.js';
import { LatestListService } from './latest-list.service.js';

@ApiTags('assets')
@Controller('api/assets')
export class LatestListController {
  constructor(private readonly latest: LatestListService) {}

  @Get('latest')
  @Describe({
    operationId: 'listLatest',
    summary: 'Latest bar, live price and change of every asset',
    description: '`latest` of every asset in one response.',
    query: LatestListQuery,
    ok: LatestListSchema,
  })
  list(@Query(queryOf(LatestListQuery)) { sparkline }: LatestListFilter): Promise<LatestListBody> {
    return this.latest.list(sparkline);
  }
}

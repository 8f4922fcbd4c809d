import { Body, Controller, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { AssetBody } from '../assets/assets.schema.js';
import type { StatusResponse } from '../http/response.js';
import { bodyOf, queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { changeDocs, changeSourceDocs, followDocs, searchDocs } from './follow.docs.js';
import {
  AssetChangeSchema,
  FollowRequestSchema,
  SearchQuery,
  SourceChangeSchema,
  type AssetChange,
  type FollowRequestBody,
  type SearchBody,
  type SearchFilter,
  type SourceChangeBody,
} from './follow.schema.js';
import { FollowService } from './follow.service.js';

@ApiTags('assets')
@Controller('api/assets')
export class FollowController {
  constructor(private readonly service: FollowService) {}

  @Get('search')
  @Describe(searchDocs)
  search(@Query(queryOf(SearchQuery)) { q }: SearchFilter): Promise<SearchBody> {
    return this.service.search(q);
  }

  @Post()
  @Describe(followDocs)
  follow(
    @Body(bodyOf(FollowRequestSchema)) request: FollowRequestBody,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<StatusResponse> {
    return this.service.follow(request, key);
  }

  @Patch(':symbol')
  @Describe(changeDocs)
  change(@Param('symbol') symbol: string, @Body(bodyOf(AssetChangeSchema)) change: AssetChange): Promise<AssetBody> {
    return this.service.change(symbol, change);
  }

  @Patch(':symbol/sources/:provider')
  @Describe(changeSourceDocs)
  changeSource(
    @Param('symbol') symbol: string,
    @Param('provider') provider: string,
    @Body(bodyOf(SourceChangeSchema)) change: SourceChangeBody,
  ): Promise<AssetBody> {
    return this.service.changeSource(symbol, provider, change);
  }
}

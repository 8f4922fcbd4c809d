import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import {
  ActionsSchema,
  AssetListQuery,
  AssetListSchema,
  AssetSchema,
  type ActionsBody,
  type AssetBody,
  type AssetListBody,
  type AssetListFilter,
} from './assets.schema.js';
import { AssetsService } from './assets.service.js';

@ApiTags('assets')
@Controller('api/assets')
export class AssetsController {
  constructor(private readonly assets: AssetsService) {}

  @Get('list')
  @Describe({
    operationId: 'listAssets',
    summary: 'Tracked assets, and how far their bars reach',
    description: 'Every asset with its provider, its exchange and its stored timeframes.',
    query: AssetListQuery,
    ok: AssetListSchema,
  })
  list(@Query(queryOf(AssetListQuery)) filter: AssetListFilter): Promise<AssetListBody> {
    return this.assets.list(filter);
  }

  @Get(':symbol')
  @Describe({
    operationId: 'asset',
    summary: 'An asset',
    description:
      'An asset with its provider, its exchange, its status and its stored timeframes, whether it is active or not. A former symbol leads to it, too: the header `Link` then names its path under the new one, as `canonical`.',
    path: { symbol: { description: 'Case-insensitive.', example: 'SPY' } },
    ok: AssetSchema,
    problems: UNKNOWN_SYMBOL,
  })
  one(@Param('symbol') symbol: string): Promise<AssetBody> {
    return this.assets.one(symbol);
  }

  @Get(':symbol/actions')
  @Describe({
    operationId: 'listActions',
    summary: 'Splits and dividends of an asset, oldest first',
    description: 'By ex-date. Coins have none.',
    path: { symbol: { description: 'Case-insensitive.', example: 'SPY' } },
    ok: ActionsSchema,
    problems: UNKNOWN_SYMBOL,
  })
  actions(@Param('symbol') symbol: string): Promise<ActionsBody> {
    return this.assets.actions(symbol);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import { ActionsSchema, AssetListSchema, type ActionsBody, type AssetListBody } from './assets.schema.js';
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
    ok: AssetListSchema,
  })
  list(): Promise<AssetListBody> {
    return this.assets.list();
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

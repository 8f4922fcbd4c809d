import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { ActionsSchema, AssetListSchema, type ActionsBody, type AssetListBody } from './assets.schema.js';
import { AssetsService } from './assets.service.js';

@ApiTags('assets')
@Controller('api/assets')
export class AssetsController {
  constructor(private readonly assets: AssetsService) {}

  @Get('list')
  @Describe({ operationId: 'listAssets', summary: 'What is tracked, and how far its bars reach', ok: AssetListSchema })
  list(): Promise<AssetListBody> {
    return this.assets.list();
  }

  @Get(':symbol/actions')
  @Describe({
    operationId: 'listActions',
    summary: 'Splits and dividends of an asset, oldest first',
    path: { symbol: { description: 'In any case.', example: 'SPY' } },
    ok: ActionsSchema,
    problems: { 404: 'There is no such symbol here.' },
  })
  actions(@Param('symbol') symbol: string): Promise<ActionsBody> {
    return this.assets.actions(symbol);
  }
}

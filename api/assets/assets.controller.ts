import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { AssetListSchema, type AssetListBody } from './assets.schema.js';
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
}

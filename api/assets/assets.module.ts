import { Module } from '@nestjs/common';
import { AssetCatalog } from './asset-catalog.js';
import { AssetsController } from './assets.controller.js';
import { AssetsService } from './assets.service.js';

@Module({
  controllers: [AssetsController],
  providers: [AssetCatalog, AssetsService],
  exports: [AssetCatalog, AssetsService],
})
export class AssetsModule {}

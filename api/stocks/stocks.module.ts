import { Module } from '@nestjs/common';
import { MarketDataModule } from '../series/market-data.module.js';
import { StocksController } from './stocks.controller.js';

@Module({ imports: [MarketDataModule], controllers: [StocksController] })
export class StocksModule {}

import { Module } from '@nestjs/common';
import { MarketDataModule } from '../series/market-data.module.js';
import { CryptoController } from './crypto.controller.js';

@Module({ imports: [MarketDataModule], controllers: [CryptoController] })
export class CryptoModule {}

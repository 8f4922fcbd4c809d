import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersService } from './providers.service.js';

@Module({ imports: [AssetsModule], controllers: [ProvidersController], providers: [ProvidersService] })
export class ProvidersModule {}

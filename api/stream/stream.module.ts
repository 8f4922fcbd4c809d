import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { StreamController } from './stream.controller.js';
import { StreamService } from './stream.service.js';

@Module({ imports: [AssetsModule], controllers: [StreamController], providers: [StreamService] })
export class StreamModule {}

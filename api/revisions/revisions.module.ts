import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { RevisionsController } from './revisions.controller.js';
import { RevisionsService } from './revisions.service.js';

@Module({ imports: [AssetsModule], controllers: [RevisionsController], providers: [RevisionsService] })
export class RevisionsModule {}

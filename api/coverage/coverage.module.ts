import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { CoverageController } from './coverage.controller.js';
import { CoverageService } from './coverage.service.js';

@Module({ imports: [AssetsModule], controllers: [CoverageController], providers: [CoverageService] })
export class CoverageModule {}

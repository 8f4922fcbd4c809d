import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsService } from './alerts.service.js';

@Module({ imports: [AssetsModule], controllers: [AlertsController], providers: [AlertsService] })
export class AlertsModule {}

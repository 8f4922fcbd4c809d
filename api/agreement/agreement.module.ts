import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { AgreementController } from './agreement.controller.js';
import { AgreementService } from './agreement.service.js';

@Module({ imports: [AssetsModule], controllers: [AgreementController], providers: [AgreementService] })
export class AgreementModule {}

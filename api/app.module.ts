import { Module, type DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { AgreementModule } from './agreement/agreement.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AssetsModule } from './assets/assets.module.js';
import { BackfillsModule } from './backfills/backfills.module.js';
import { CoreModule } from './core.module.js';
import { CoverageModule } from './coverage/coverage.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import type { ApiDeps } from './deps.js';
import { FollowModule } from './follow/follow.module.js';
import { HealthModule } from './health/health.module.js';
import { IndicatorsModule } from './indicators/indicators.module.js';
import { LineageModule } from './lineage/lineage.module.js';
import { MarketsModule } from './markets/markets.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { QuarantineModule } from './quarantine/quarantine.module.js';
import { RevisionsModule } from './revisions/revisions.module.js';
import { SchedulesModule } from './schedules/schedules.module.js';
import { SessionModule } from './session/session.module.js';
import { StreamModule } from './stream/stream.module.js';
import { StocksModule } from './stocks/stocks.module.js';

@Module({})
export class AppModule {
  static with(deps: ApiDeps, registry: Registry): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.with(deps),
        StocksModule,
        CryptoModule,
        AssetsModule,
        FollowModule,
        MarketsModule,
        IndicatorsModule,
        StreamModule,
        CoverageModule,
        AgreementModule,
        LineageModule,
        QuarantineModule,
        RevisionsModule,
        AlertsModule,
        PipelineModule,
        SchedulesModule,
        BackfillsModule,
        ProvidersModule,
        SessionModule,
        HealthModule,
        MetricsModule.with(registry),
      ],
    };
  }
}

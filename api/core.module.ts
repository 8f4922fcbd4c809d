import { Module, type DynamicModule } from '@nestjs/common';
import { AlertReader } from '../db/repositories/alerts/alert-reader.js';
import { ActionReader } from '../db/repositories/read/action-reader.js';
import { AgreementReader } from '../db/repositories/read/agreement-reader.js';
import { AssetReader } from '../db/repositories/read/asset-reader.js';
import { BarChangeReader } from '../db/repositories/read/bar-change-log.js';
import { BarReader } from '../db/repositories/read/bar-reader.js';
import { BarSnapshots } from '../db/repositories/read/bar-snapshots.js';
import { LineageReader } from '../db/repositories/read/lineage-reader.js';
import { ProviderReader } from '../db/repositories/provider/provider-reader.js';
import { RejectedBars } from '../db/repositories/read/rejected-bars.js';
import { RevisionReader } from '../db/repositories/read/revision-reader.js';
import { RunReader } from '../db/repositories/runs/run-reader.js';
import { SparklineReader } from '../db/repositories/read/sparkline-reader.js';
import { StatusReader } from '../db/repositories/runs/status-reader.js';
import { DEPS, type ApiDeps } from './deps.js';

/** The dependencies of the API and the repositories, for every module. */
@Module({})
export class CoreModule {
  static with(deps: ApiDeps): DynamicModule {
    const { database } = deps;
    const providers = [
      { provide: DEPS, useValue: deps },
      { provide: ActionReader, useValue: new ActionReader(database.pool) },
      { provide: AlertReader, useValue: new AlertReader(database.pool) },
      { provide: AgreementReader, useValue: new AgreementReader(database.pool) },
      { provide: AssetReader, useValue: new AssetReader(database.pool) },
      { provide: BarChangeReader, useValue: new BarChangeReader(database.pool) },
      { provide: BarReader, useValue: new BarReader(database.pool) },
      { provide: BarSnapshots, useValue: new BarSnapshots(database.pool) },
      { provide: LineageReader, useValue: new LineageReader(database.pool) },
      { provide: ProviderReader, useValue: new ProviderReader(database.pool) },
      { provide: RejectedBars, useValue: new RejectedBars(database.pool) },
      { provide: RevisionReader, useValue: new RevisionReader(database.pool) },
      { provide: RunReader, useValue: new RunReader(database.pool) },
      { provide: SparklineReader, useValue: new SparklineReader(database.pool) },
      { provide: StatusReader, useValue: new StatusReader(database.pool) },
    ];
    return { module: CoreModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}

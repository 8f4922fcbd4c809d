import { Inject, Injectable } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { Counter, Gauge, Registry } from 'prom-client';
import { UNHANDLED_REJECTIONS } from '../../config/last-resort.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { cachedFor } from '../http/ttl-cache.js';
import { firesOf } from '../schedules/fires.js';
import { TemporalService } from '../temporal/temporal.service.js';
import { gauge, setAll, textOf } from './figures.js';
import { PipelineFigures } from './pipeline-figures.js';
import { ProviderFigures } from './provider-figures.js';
import { QualityFigures } from './quality-figures.js';

const CACHED_MS = 5 * SECOND;

/** Prometheus metrics. Those from the database are read at most every 5 s, and are absent while it is down or too busy. */
@Injectable()
export class MetricsService {
  /** Reads the figures, all of them or none; their text is rendered once for all who ask for it. */
  private readonly figures: () => Promise<() => Promise<string>>;
  private readonly ping: () => Promise<unknown>;
  private readonly up: Gauge;
  private readonly fires: Gauge;

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly registry: Registry,
    private readonly temporal: TemporalService,
    pipelines: PipelineFigures,
    providers: ProviderFigures,
    quality: QualityFigures,
  ) {
    this.up = gauge(registry, 'database_up', '1 if the database is available.', []);
    this.fires = gauge(registry, 'schedule_fires', 'Fires of a schedule since it was created, by outcome.', [
      'schedule',
      'outcome',
    ]);
    new Counter({
      name: `${UNHANDLED_REJECTIONS}_total`,
      help: 'Rejected promises that nothing handled.',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(deps.unhandledRejections());
      },
    });
    const { pool } = deps.database;
    new Gauge({
      name: 'barkeep_database_connections',
      help: 'Connections of this process to the database, and requests that wait for one.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'waiting' }, pool.waitingCount);
      },
    });
    this.figures = cachedFor(CACHED_MS, async () => {
      const read = await Promise.all([pipelines, providers, quality].map((one) => one.read()));
      let text: Promise<string> | undefined;
      return () => (text ??= textOf(read.flat()));
    });
    this.ping = cachedFor(CACHED_MS, () => pool.query('select 1'));
  }

  async text(): Promise<string> {
    const [figures] = await Promise.all([this.textOfFigures(), this.refreshUp(), this.refreshFires()]);
    return (await this.registry.metrics()) + figures;
  }

  /** Apart from the figures: a database that is too busy to count is not down. */
  private async refreshUp(): Promise<void> {
    const answer = pTimeout(this.ping(), { milliseconds: this.deps.timing.checkMs });
    this.up.set(
      await answer.then(
        () => 1,
        () => 0,
      ),
    );
  }

  private async textOfFigures(): Promise<string> {
    try {
      const render = await pTimeout(this.figures(), { milliseconds: this.deps.timing.checkMs });
      return await render();
    } catch (error) {
      this.deps.log.debug({ err: error }, 'the metrics from the database are not available');
      return '';
    }
  }

  /** They are absent while Temporal is down. */
  private async refreshFires(): Promise<void> {
    const schedules = await this.temporal.describedSchedules().catch(() => new Map<string, null>());
    setAll(
      this.fires,
      [...schedules].flatMap(([schedule, description]) =>
        Object.entries(description ? firesOf(description) : {}).map(
          ([outcome, count]) => [{ schedule, outcome }, count] as const,
        ),
      ),
    );
  }
}

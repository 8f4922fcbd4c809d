import { Inject, Injectable } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Pipeline } from '../../config/catalog/schedules.js';
import { AgreementReader } from '../../db/repositories/read/agreement-reader.js';
import { RunReader, type RunRow } from '../../db/repositories/runs/run-reader.js';
import { StatusReader } from '../../db/repositories/runs/status-reader.js';
import { FRESHNESS_STATES } from '../../domain/freshness.js';
import { RUN_STATUSES } from '../../domain/run.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { cachedFor } from '../http/ttl-cache.js';
import { FreshnessService } from '../pipeline/freshness.service.js';
import { LIVE_PIPELINES, PIPELINE_IDS } from '../pipeline/pipelines.js';
import { firesOf } from '../schedules/fires.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { FreshnessBody } from '../pipeline/status.schema.js';

const CACHED_MS = 5 * SECOND;
/** Older disagreements are not counted. */
const DISAGREEMENTS_MS = 30 * DAY;

/** Prometheus metrics. Those of the pipelines are read from the database at most every 5 s and are absent while it is down. */
@Injectable()
export class MetricsService {
  private readonly refresh: () => Promise<void>;
  private readonly up: Gauge;
  private readonly bars: Gauge;
  private readonly runAge: Gauge;
  private readonly runStatus: Gauge;
  private readonly lag: Gauge;
  private readonly state: Gauge;
  private readonly disagreements: Gauge;
  private readonly fires: Gauge;

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly registry: Registry,
    private readonly runs: RunReader,
    private readonly status: StatusReader,
    private readonly agreement: AgreementReader,
    private readonly freshness: FreshnessService,
    private readonly temporal: TemporalService,
  ) {
    const gauge = (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name: `barkeep_${name}`, help, labelNames, registers: [registry] });
    this.up = gauge('database_up', '1 if the database is available.');
    this.bars = gauge('bars_stored', 'Stored bars; an estimate above about 200,000.');
    this.runAge = gauge('last_run_age_seconds', 'Time since the last run of a pipeline started.', ['pipeline']);
    this.runStatus = gauge('last_run_status', '1 for the status of the last run of a pipeline, 0 for the others.', [
      'pipeline',
      'status',
    ]);
    this.lag = gauge('freshness_lag_seconds', 'Time from the newest stored bar to the newest final bar.', [
      'symbol',
      'timeframe',
    ]);
    this.state = gauge('freshness_state', '1 for the freshness state of a series, 0 for the others.', [
      'symbol',
      'timeframe',
      'state',
    ]);
    this.disagreements = gauge(
      'source_disagreements',
      'Sessions of the last 30 days in which two sources of an asset disagree, by kind.',
      ['symbol', 'source', 'other', 'kind'],
    );
    this.fires = gauge('schedule_fires', 'Fires of a schedule since it was created, by outcome.', [
      'schedule',
      'outcome',
    ]);
    new Counter({
      name: 'barkeep_unhandled_rejections_total',
      help: 'Rejected promises that nothing handled.',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(deps.unhandledRejections());
      },
    });
    this.refresh = cachedFor(CACHED_MS, () => this.read());
  }

  async text(): Promise<string> {
    await Promise.all([this.refreshPipelines(), this.refreshFires()]);
    return this.registry.metrics();
  }

  private async refreshPipelines(): Promise<void> {
    try {
      await pTimeout(this.refresh(), { milliseconds: this.deps.timing.checkMs });
      this.up.set(1);
    } catch (error) {
      this.deps.log.debug({ err: error }, 'pipeline metrics are not available');
      for (const gauge of [this.runAge, this.runStatus, this.lag, this.state, this.disagreements]) gauge.reset();
      this.bars.remove(); // reset() would set it to zero
      this.up.set(0);
    }
  }

  /** They are absent while Temporal is down. */
  private async refreshFires(): Promise<void> {
    const schedules = await this.temporal.describedSchedules().catch(() => new Map<string, null>());
    this.fires.reset();
    for (const [schedule, description] of schedules)
      for (const [outcome, count] of Object.entries(description ? firesOf(description) : {}))
        this.fires.set({ schedule, outcome }, count);
  }

  private async read(): Promise<void> {
    const since = utcDate(this.deps.wallNow() + this.deps.clockOffsetMs - DISAGREEMENTS_MS);
    const [rows, runs, series, disagreements] = await Promise.all([
      this.status.storedRows(),
      Promise.all(PIPELINE_IDS.map((pipeline) => this.runs.page({ pipeline, limit: 1 }))),
      Promise.all(LIVE_PIPELINES.map((pipeline) => this.freshness.of(pipeline))),
      this.agreement.findingCounts(since),
    ]);
    this.bars.set(rows.count);
    PIPELINE_IDS.forEach((pipeline, i) => this.setRun(pipeline, runs[i]![0]));
    this.lag.reset();
    this.state.reset();
    this.disagreements.reset();
    for (const { sessions, ...labels } of disagreements) this.disagreements.set({ ...labels }, sessions);
    for (const one of series.flat()) this.setFreshness(one);
  }

  private setRun(pipeline: Pipeline, run: RunRow | undefined): void {
    if (!run) return;
    this.runAge.set({ pipeline }, (this.deps.wallNow() - run.startedAt.getTime()) / SECOND);
    for (const status of RUN_STATUSES) this.runStatus.set({ pipeline, status }, run.status === status ? 1 : 0);
  }

  private setFreshness({ symbol, timeframe, lagSeconds, state: current }: FreshnessBody): void {
    if (lagSeconds !== null) this.lag.set({ symbol, timeframe }, lagSeconds);
    for (const state of FRESHNESS_STATES) this.state.set({ symbol, timeframe, state }, state === current ? 1 : 0);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type Gauge, Registry } from 'prom-client';
import { RunReader } from '../../db/repositories/runs/run-reader.js';
import { StatusReader } from '../../db/repositories/runs/status-reader.js';
import { FRESHNESS_STATES } from '../../domain/freshness.js';
import { RUN_STATUSES } from '../../domain/run.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { FreshnessService } from '../pipeline/freshness.service.js';
import { LIVE_PIPELINES, PIPELINE_IDS } from '../pipeline/pipelines.js';
import { type Figures, gauge, setAll } from './figures.js';

/** The last run of each pipeline, and how fresh each series is. */
@Injectable()
export class PipelineFigures implements Figures {
  private readonly bars: Gauge;
  private readonly runAge: Gauge;
  private readonly runStatus: Gauge;
  private readonly lag: Gauge;
  private readonly overdue: Gauge;
  private readonly state: Gauge;

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    registry: Registry,
    private readonly runs: RunReader,
    private readonly status: StatusReader,
    private readonly freshness: FreshnessService,
  ) {
    const series = ['symbol', 'timeframe'];
    this.bars = gauge(registry, 'bars_stored', 'Stored bars; an estimate above about 200,000.', []);
    this.runAge = gauge(registry, 'last_run_age_seconds', 'Time since the last run of a pipeline started.', [
      'pipeline',
    ]);
    this.runStatus = gauge(
      registry,
      'last_run_status',
      '1 for the status of the last run of a pipeline, 0 for the others.',
      ['pipeline', 'status'],
    );
    this.lag = gauge(
      registry,
      'freshness_lag_seconds',
      'Time from the newest stored bar to the newest final bar.',
      series,
    );
    this.overdue = gauge(
      registry,
      'freshness_overdue_seconds',
      'How long the first missing bar of a series has been overdue while its market was open; 0 if none is.',
      series,
    );
    this.state = gauge(registry, 'freshness_state', '1 for the freshness state of a series, 0 for the others.', [
      ...series,
      'state',
    ]);
  }

  async refresh(): Promise<void> {
    const [rows, runs, freshness] = await Promise.all([
      this.status.storedRows(),
      Promise.all(PIPELINE_IDS.map((pipeline) => this.runs.page({ pipeline, limit: 1 }))),
      Promise.all(LIVE_PIPELINES.map((pipeline) => this.freshness.of(pipeline))),
    ]);
    this.bars.set(rows.count);
    const last = PIPELINE_IDS.flatMap((pipeline, i) => runs[i]!.map((run) => ({ pipeline, run })));
    const ageOf = (startedAt: Date) => (this.deps.wallNow() - startedAt.getTime()) / SECOND;
    await setAll(
      this.runAge,
      last.map(({ pipeline, run }) => [{ pipeline }, ageOf(run.startedAt)]),
    );
    await setAll(
      this.runStatus,
      last.flatMap(({ pipeline, run }) =>
        RUN_STATUSES.map((status) => [{ pipeline, status }, run.status === status ? 1 : 0] as const),
      ),
    );
    const series = freshness
      .flat()
      .map(({ symbol, timeframe, ...rest }) => ({ labels: { symbol, timeframe }, ...rest }));
    await setAll(
      this.lag,
      series.flatMap(({ labels, lagSeconds }) => (lagSeconds === null ? [] : [[labels, lagSeconds] as const])),
    );
    await setAll(
      this.overdue,
      series.map(({ labels, overdueSeconds }) => [labels, overdueSeconds]),
    );
    await setAll(
      this.state,
      series.flatMap(({ labels, state: current }) =>
        FRESHNESS_STATES.map((state) => [{ ...labels, state }, state === current ? 1 : 0] as const),
      ),
    );
  }

  forget(): void {
    for (const one of [this.runAge, this.runStatus, this.lag, this.overdue, this.state]) one.reset();
    this.bars.remove(); // reset() would set it to zero
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { RunReader } from '../../db/repositories/runs/run-reader.js';
import { StatusReader } from '../../db/repositories/runs/status-reader.js';
import { FRESHNESS_STATES } from '../../domain/freshness.js';
import { RUN_STATUSES } from '../../domain/run.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { FreshnessService } from '../pipeline/freshness.service.js';
import { LIVE_PIPELINES, PIPELINE_IDS } from '../pipeline/pipelines.js';
import { type Figure, type Figures, figure } from './figures.js';

/** The last run of each pipeline, and how fresh each series is. */
@Injectable()
export class PipelineFigures implements Figures {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly runs: RunReader,
    private readonly status: StatusReader,
    private readonly freshness: FreshnessService,
  ) {}

  async read(): Promise<Figure[]> {
    const [stored, ofRuns, ofSeries] = await Promise.all([
      this.status.storedRows(),
      this.readRuns(),
      this.readFreshness(),
    ]);
    const bars = figure('bars_stored', 'Stored bars; an estimate above about 200,000.', [], [[{}, stored.count]]);
    return [bars, ...ofRuns, ...ofSeries];
  }

  private async readRuns(): Promise<Figure[]> {
    const runs = await Promise.all(PIPELINE_IDS.map((pipeline) => this.runs.page({ pipeline, limit: 1 })));
    const last = PIPELINE_IDS.flatMap((pipeline, i) => runs[i]!.map((run) => ({ pipeline, run })));
    const ageOf = (startedAt: Date) => (this.deps.wallNow() - startedAt.getTime()) / SECOND;
    return [
      figure(
        'last_run_age_seconds',
        'Time since the last run of a pipeline started.',
        ['pipeline'],
        last.map(({ pipeline, run }) => [{ pipeline }, ageOf(run.startedAt)]),
      ),
      figure(
        'last_run_status',
        '1 for the status of the last run of a pipeline, 0 for the others.',
        ['pipeline', 'status'],
        last.flatMap(({ pipeline, run }) =>
          RUN_STATUSES.map((status) => [{ pipeline, status }, run.status === status ? 1 : 0] as const),
        ),
      ),
    ];
  }

  private async readFreshness(): Promise<Figure[]> {
    const freshness = await Promise.all(LIVE_PIPELINES.map((pipeline) => this.freshness.of(pipeline)));
    const series = freshness
      .flat()
      .map(({ symbol, timeframe, ...rest }) => ({ labels: { symbol, timeframe }, ...rest }));
    return [
      figure(
        'freshness_lag_seconds',
        'Time from the newest stored bar to the newest final bar.',
        ['symbol', 'timeframe'],
        series.flatMap(({ labels, lagSeconds }) => (lagSeconds === null ? [] : [[labels, lagSeconds] as const])),
      ),
      figure(
        'freshness_overdue_seconds',
        'How long the first missing bar of a series has been overdue while its market was open; 0 if none is.',
        ['symbol', 'timeframe'],
        series.map(({ labels, overdueSeconds }) => [labels, overdueSeconds]),
      ),
      figure(
        'freshness_state',
        '1 for the freshness state of a series, 0 for the others.',
        ['symbol', 'timeframe', 'state'],
        series.flatMap(({ labels, state: current }) =>
          FRESHNESS_STATES.map((state) => [{ ...labels, state }, state === current ? 1 : 0] as const),
        ),
      ),
    ];
  }
}

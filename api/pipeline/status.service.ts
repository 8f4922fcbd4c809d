import { Inject, Injectable } from '@nestjs/common';
import { PIPELINES, type LivePipeline, type Pipeline } from '../../config/catalog/schedules.js';
import { type ProviderId, PROVIDERS } from '../../config/catalog/providers.js';
import { providersMarkedOff } from '../../db/repositories/provider/provider-gate.js';
import { RunReader } from '../../db/repositories/runs/run-reader.js';
import { StatusReader, type StatusCounts } from '../../db/repositories/runs/status-reader.js';
import { ROW_COUNT_KEYS } from '../../domain/run.js';
import { DAY, MINUTE, SECOND } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { TemporalService, type ScheduleState } from '../temporal/temporal.service.js';
import { FreshnessService } from './freshness.service.js';
import { LIVE_PIPELINES } from './pipelines.js';
import { RunsService } from './runs.service.js';
import type { Last24hBody, StatusBody } from './status.schema.js';

type Schedules = Awaited<ReturnType<TemporalService['schedules']>> | null;

/** The state of all pipelines. While Temporal is unavailable, what comes from it is null. */
@Injectable()
export class StatusService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly assets: AssetCatalog,
    private readonly temporal: TemporalService,
    private readonly runReader: RunReader,
    private readonly statusReader: StatusReader,
    private readonly runs: RunsService,
    private readonly freshness: FreshnessService,
  ) {}

  async status(): Promise<StatusBody> {
    const wall = this.deps.wallNow();
    const [schedules, counts, off, totals, backfill] = await Promise.all([
      this.temporal.schedules().catch(() => null),
      this.statusReader.runCounts(new Date(wall - DAY)),
      providersMarkedOff(this.deps.database.pool),
      this.totals(),
      this.lastRun('backfill'),
    ]);
    return {
      mode: this.deps.mode,
      version: this.deps.version,
      clock: {
        wall: new Date(wall).toISOString(),
        market: new Date(wall + this.deps.clockOffsetMs).toISOString(),
        offsetSeconds: this.deps.clockOffsetMs / SECOND,
      },
      totals,
      temporal: {
        reachable: schedules !== null,
        uiUrl: this.deps.temporalUiUrl,
        note: schedules ? null : 'Temporal is not available, so the state of the schedules is not known.',
      },
      pipelines: await Promise.all(LIVE_PIPELINES.map((id) => this.pipeline(id, schedules, counts, off))),
      backfill: { lastRun: backfill },
    };
  }

  private async pipeline(
    id: LivePipeline,
    schedules: Schedules,
    counts: StatusCounts[],
    off: ReadonlyMap<ProviderId, string>,
  ): Promise<StatusBody['pipelines'][number]> {
    const { title, gridMs, offsetMs, provider } = PIPELINES[id];
    const state = schedules?.get(id);
    return {
      pipeline: id,
      title,
      provider,
      source: PROVIDERS[provider].name,
      off: off.get(provider) ?? null,
      schedule: { id, every: every(gridMs, offsetMs), everySeconds: gridMs / SECOND, offsetSeconds: offsetMs / SECOND },
      paused: state?.exists ? state.paused : null,
      nextFireAt: state?.paused ? null : (state?.nextFireAt?.toISOString() ?? null),
      note: noteOf(state),
      lastRun: await this.lastRun(id),
      last24h: last24h(counts.filter((count) => count.pipeline === id)),
      freshness: await this.freshness.of(id),
    };
  }

  private async totals(): Promise<StatusBody['totals']> {
    const [assets, rows] = await Promise.all([this.assets.activeWithSources(), this.statusReader.storedRows()]);
    const sources = new Set(assets.flatMap((one) => one.sources.map(({ provider }) => provider))).size;
    return { sources, assets: assets.length, rowsStored: rows.count, rowsStoredExact: rows.exact };
  }

  private async lastRun(pipeline: Pipeline) {
    const [row] = await this.runReader.page({ pipeline, limit: 1 });
    return row ? this.runs.body(row) : null;
  }
}

function noteOf(state: ScheduleState | undefined): string | null {
  if (!state) return 'Temporal is not available.';
  return state.exists ? null : 'The schedule is missing in Temporal. Restart the worker to create it.';
}

/** The timing of a schedule in words. */
function every(gridMs: number, offsetMs: number): string {
  const minutes = gridMs / MINUTE;
  const interval = minutes === 1 ? 'every minute' : `every ${minutes} minutes`;
  return offsetMs === 0 ? interval : `${interval}, offset ${offsetMs / SECOND} s`;
}

const SUMMED = [...ROW_COUNT_KEYS, 'runs'] as const;

function last24h(counts: StatusCounts[]): Last24hBody {
  const sum = (key: (typeof SUMMED)[number]) => counts.reduce((total, count) => total + count[key], 0);
  const sums = Object.fromEntries(SUMMED.map((key) => [key, sum(key)])) as Record<(typeof SUMMED)[number], number>;
  return { ...sums, byStatus: Object.fromEntries(counts.map(({ status, runs }) => [status, runs])) };
}

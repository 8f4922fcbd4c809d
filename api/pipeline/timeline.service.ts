import { Inject, Injectable } from '@nestjs/common';
import { StatusReader } from '../../db/repositories/runs/status-reader.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { PIPELINE_IDS } from './pipelines.js';
import type { TimelineBody, TimelineRange } from './timeline.schema.js';
import { bucketsOf } from './timeline.js';

/** Lengths, and of their buckets: at most 168, so that a timeline is small enough to be polled. */
const RANGES = {
  '1h': { lengthMs: HOUR, bucketMs: MINUTE },
  '6h': { lengthMs: 6 * HOUR, bucketMs: 5 * MINUTE },
  '24h': { lengthMs: DAY, bucketMs: 10 * MINUTE },
  '7d': { lengthMs: 7 * DAY, bucketMs: HOUR },
} as const satisfies Record<TimelineRange, { lengthMs: number; bucketMs: number }>;

/** The latest runs, counted per bucket. */
@Injectable()
export class TimelineService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly reader: StatusReader,
  ) {}

  async timeline(range: TimelineRange): Promise<TimelineBody> {
    const { lengthMs, bucketMs } = RANGES[range];
    const to = (Math.floor(this.deps.wallNow() / bucketMs) + 1) * bucketMs;
    const from = new Date(to - lengthMs);
    const bucketSeconds = bucketMs / SECOND;
    const counts = await this.reader.bucketCounts(from, bucketSeconds);
    return {
      from: from.toISOString(),
      to: new Date(to).toISOString(),
      slotSeconds: bucketSeconds,
      pipelines: PIPELINE_IDS.map((pipeline) => ({
        pipeline,
        slots: bucketsOf(counts.filter((count) => count.pipeline === pipeline)),
      })),
    };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { StatusReader } from '../../db/repositories/runs/status-reader.js';
import { DAY, MINUTE, SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { PIPELINE_IDS } from './pipelines.js';
import type { TimelineBody } from './timeline.schema.js';
import { bucketsOf } from './timeline.js';

const BUCKET_MS = 10 * MINUTE;

/** The runs of the last 24 hours, small enough to be polled. */
@Injectable()
export class TimelineService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly reader: StatusReader,
  ) {}

  async timeline(): Promise<TimelineBody> {
    const to = (Math.floor(this.deps.wallNow() / BUCKET_MS) + 1) * BUCKET_MS;
    const from = new Date(to - DAY);
    const bucketSeconds = BUCKET_MS / SECOND;
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

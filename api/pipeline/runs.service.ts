import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RunReader, type RunRow } from '../../db/repositories/runs/run-reader.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Problem } from '../http/problem.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { RunBody, RunDetailBody, RunPageBody, RunsFilter } from './run.schema.js';

const Cursor = z.strictObject({ workflowId: z.string(), runId: z.uuid() });
const RunId = z.uuid();

/** Runs of the pipelines. */
@Injectable()
export class RunsService {
  constructor(
    private readonly runs: RunReader,
    private readonly temporal: TemporalService,
  ) {}

  async page({ limit, cursor, ...filter }: RunsFilter): Promise<RunPageBody> {
    const after = cursor === undefined ? undefined : decodeCursor(Cursor, cursor);
    const rows = await this.runs.page({ ...filter, after, limit: limit + 1 });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      runs: rows.slice(0, limit).map((row) => this.body(row)),
      nextCursor: last ? encodeCursor({ workflowId: last.workflowId, runId: last.runId }) : null,
    };
  }

  /** @throws Problem 404 for an unknown run */
  async detail(workflowId: string, runId: string): Promise<RunDetailBody> {
    const key = { workflowId, runId };
    const row = RunId.safeParse(runId).success ? await this.runs.one(key) : null;
    if (!row)
      throw new Problem(404, `Unknown run: ${runId} of workflow ${workflowId}.`, {
        type: 'unknown-run',
      });
    const steps = await this.runs.steps(key);
    return { ...this.body(row), steps: steps.map((step) => ({ ...step, startedAt: step.startedAt.toISOString() })) };
  }

  body({ nominalAt, scheduledAt, startedAt, finishedAt, ...row }: RunRow): RunBody {
    return {
      ...row,
      nominalAt: nominalAt.toISOString(),
      scheduledAt: scheduledAt?.toISOString() ?? null,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
      temporalUrl: this.temporal.runUrl(row.workflowId, row.runId),
    };
  }
}

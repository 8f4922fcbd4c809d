import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import pLimit from 'p-limit';
import { MAINTENANCE, PIPELINES, UPKEEP } from '../../config/catalog/schedules.js';
import { recordAudit } from '../../db/repositories/upkeep/audit-log.js';
import { inTransaction } from '../../db/transaction.js';
import { SECOND } from '../../domain/timeframe.js';
import { describeSchedule } from '../../contracts/describe-schedule.js';
import { SCHEDULES, type ScheduleId } from '../../contracts/schedules.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { Problem, unavailable } from '../http/problem.js';
import { TemporalService } from '../temporal/temporal.service.js';
import { firesOf } from './fires.js';
import type { ScheduleBody, ScheduleListBody } from './schedules.schema.js';

const IDS = Object.keys(SCHEDULES) as ScheduleId[];
const TITLES: Record<ScheduleId, { title: string }> = {
  ...PIPELINES,
  ...UPKEEP,
  ...MAINTENANCE,
};
const NEXT_FIRES = 5;
/** An action is visible in Temporal about this soon. */
const VISIBLE_WITHIN_MS = SECOND;
const POLL_MS = 50;
const WORKER_START_SECONDS = 30;

/** The schedules in Temporal, and the actions of operators on them. */
@Injectable()
export class SchedulesService {
  private readonly turns = new Map(IDS.map((id) => [id, pLimit(1)]));

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly temporal: TemporalService,
  ) {}

  /** @throws Problem 503 if Temporal is not available */
  async list(): Promise<ScheduleListBody> {
    const described = await this.temporal.describedSchedules();
    return { schedules: IDS.map((id) => this.body(id, described.get(id) ?? null)) };
  }

  async pause(name: string, reason: string): Promise<StatusResponse> {
    return this.inTurn(name, async (id) => {
      await this.act('pause', id, reason, (handle) => handle.pause(reason));
      const isVisible = ({ state }: ScheduleDescription) => state.paused && state.note === reason;
      return new StatusResponse(200, this.body(id, await once(isVisible, () => this.describe(id))));
    });
  }

  async resume(name: string, reason: string): Promise<StatusResponse> {
    return this.inTurn(name, async (id) => {
      await this.act('resume', id, reason, (handle) => handle.unpause(reason));
      const isVisible = ({ state }: ScheduleDescription) => !state.paused && state.note === reason;
      return new StatusResponse(200, this.body(id, await once(isVisible, () => this.describe(id))));
    });
  }

  async trigger(name: string, reason: string): Promise<StatusResponse> {
    return this.inTurn(name, async (id) => {
      const before = await this.describe(id);
      await this.act('trigger', id, reason, (handle) => handle.trigger(ScheduleOverlapPolicy.SKIP));
      // if runs may not overlap, it starts none; the trigger succeeded, so a failure to describe the schedule is not an error
      const isVisible = ({ info }: ScheduleDescription) => info.numActionsTaken !== before?.info.numActionsTaken;
      const now = await once(isVisible, () => this.describe(id).catch(() => before));
      return new StatusResponse(202, this.body(id, now));
    });
  }

  /**
   * Makes actions on one schedule wait for each other: each is to be answered with what it has made of the schedule, and Temporal
   * answers many at once too late.
   * @throws Problem 404 if there is no such schedule
   */
  private async inTurn<T>(name: string, work: (id: ScheduleId) => Promise<T>): Promise<T> {
    const id = idOf(name);
    return this.turns.get(id)!(() => work(id));
  }

  /**
   * Acts on a schedule and records why. The entry is committed after Temporal has acted, so neither exists without the
   * other, unless the database fails between the two.
   * @throws Problem 503 if Temporal is not available or the schedule is missing
   */
  private async act(
    action: 'pause' | 'resume' | 'trigger',
    id: ScheduleId,
    reason: string,
    work: (handle: ScheduleHandle) => Promise<void>,
  ): Promise<void> {
    await inTransaction(this.deps.database.pool, async (tx) => {
      await recordAudit(tx, { actor: 'admin', action: `schedule.${action}`, subject: id, reason });
      await this.temporal.act((client) => work(client.schedule.getHandle(SCHEDULES[id]))).catch(asMissing);
      this.temporal.forgetSchedules();
    });
  }

  /** Null if it is missing in Temporal. */
  private async describe(id: ScheduleId): Promise<ScheduleDescription | null> {
    return this.temporal.call((client) => describeSchedule(client, id));
  }

  private body(id: ScheduleId, description: ScheduleDescription | null): ScheduleBody {
    const paused = description?.state.paused ?? false;
    const last = description?.info.recentActions.at(-1);
    const workflow = last?.action.workflow;
    return {
      id,
      title: TITLES[id].title,
      state: !description ? 'missing' : paused ? 'paused' : 'active',
      paused,
      note: description?.state.note || null,
      nextFires: paused || !description ? [] : description.info.nextActionTimes.slice(0, NEXT_FIRES).map(iso),
      fires: description && firesOf(description),
      last:
        last && workflow
          ? {
              scheduledAt: iso(last.scheduledAt),
              startedAt: iso(last.takenAt),
              workflowId: workflow.workflowId,
              runId: workflow.firstExecutionRunId,
              temporalUrl: this.temporal.runUrl(workflow.workflowId, workflow.firstExecutionRunId),
            }
          : null,
    };
  }
}

const iso = (date: Date): string => date.toISOString();

/** A schedule once an action is visible in it, or as it is after a moment: Temporal acts a little later than it answers. */
async function once(
  isVisible: (schedule: ScheduleDescription) => boolean,
  describe: () => Promise<ScheduleDescription | null>,
): Promise<ScheduleDescription | null> {
  const deadline = performance.now() + VISIBLE_WITHIN_MS;
  let now = await describe();
  while (now && !isVisible(now) && performance.now() < deadline) {
    await delay(POLL_MS);
    now = await describe();
  }
  return now;
}

/** @throws Problem 404 */
function idOf(name: string): ScheduleId {
  const id = IDS.find((known) => known === name);
  if (id) return id;
  throw new Problem(404, `Unknown schedule: ${name}. Known schedules: ${IDS.join(', ')}.`, {
    type: 'unknown-schedule',
  });
}

function asMissing(error: unknown): never {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
  throw unavailable('The schedule is missing in Temporal. A worker creates it within a minute.', WORKER_START_SECONDS);
}

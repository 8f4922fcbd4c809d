import { status } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import {
  isGrpcServiceError,
  ScheduleNotFoundError,
  type ScheduleDescription,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { SCHEDULES } from '../../contracts/schedules.js';
import type { WORKFLOWS } from '../../contracts/workflows.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { unavailable } from '../http/problem.js';
import { cachedFor, type Cached } from '../http/ttl-cache.js';

export type ScheduleId = keyof typeof SCHEDULES;

export interface ScheduleState {
  exists: boolean;
  paused: boolean;
  /** Wall clock; null if it has none. */
  nextFireAt: Date | null;
}

/** A run that was started. */
export interface StartedRun {
  workflowId: string;
  runId: string;
  temporalUrl: string;
}

/** An available server responds much sooner; an unavailable one must not hold up our responses. */
const TIMEOUT_MS = 1.5 * SECOND;
const CACHED_MS = SECOND;
/** While a server hangs, only one request in this time waits for it. */
const FAILURE_CACHED_MS = 2 * SECOND;

/** The API's client of Temporal. Every call throws if the server does not respond in time. */
@Injectable()
export class TemporalService {
  private readonly client: Client;
  private readonly descriptions: Cached<ReadonlyMap<ScheduleId, ScheduleDescription | null>>;
  private readonly uiUrl: string;

  constructor(@Inject(DEPS) deps: ApiDeps) {
    this.client = deps.temporal;
    this.uiUrl = deps.temporalUiUrl;
    const describeAll = async () => {
      const ids = Object.keys(SCHEDULES) as ScheduleId[];
      const described = await this.withDeadline(() => Promise.all(ids.map((id) => this.describe(id))));
      return new Map(ids.map((id, i) => [id, described[i]!]));
    };
    this.descriptions = cachedFor(CACHED_MS, describeAll, FAILURE_CACHED_MS);
  }

  get namespace(): string {
    return this.client.options.namespace;
  }

  /** @throws unless both the server and the namespace are available */
  async ping(): Promise<void> {
    await this.withDeadline(() => this.client.workflowService.describeNamespace({ namespace: this.namespace }));
  }

  /** The state of every schedule of the project. */
  async schedules(): Promise<ReadonlyMap<ScheduleId, ScheduleState>> {
    const described = [...(await this.descriptions())];
    return new Map(described.map(([id, description]) => [id, stateOf(description)]));
  }

  /**
   * Every schedule of the project, null if it is missing in Temporal. Concurrent requests share one read of at most a
   * second ago: Temporal takes long to describe them all.
   * @throws Problem 503 if Temporal is not available
   */
  async describedSchedules(): Promise<ReadonlyMap<ScheduleId, ScheduleDescription | null>> {
    return this.descriptions().catch(asProblem);
  }

  /** After an action on a schedule: the next caller sees it. */
  forgetSchedules(): void {
    this.descriptions.forget();
  }

  /**
   * Starts a workflow, or returns the running one with the same id.
   * @throws Problem 503 if Temporal is not available
   */
  async start(
    type: (typeof WORKFLOWS)[keyof typeof WORKFLOWS],
    workflowId: string,
    input: object,
  ): Promise<StartedRun> {
    const started = this.withDeadline(() =>
      this.client.workflow.start(type, {
        workflowId,
        taskQueue: PIPELINE_QUEUE,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      }),
    );
    const { firstExecutionRunId: runId } = await started.catch(() => {
      throw unavailable('Temporal is not available, so nothing was started. Try again later; /readyz has details.');
    });
    return { workflowId, runId, temporalUrl: this.runUrl(workflowId, runId) };
  }

  /**
   * Makes a call with a deadline.
   * @throws Problem 503 if Temporal is not available; any other error of the client as it is
   */
  async call<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.withDeadline(() => work(this.client)).catch(asProblem);
  }

  /** URL of a run in the Temporal Web UI. */
  runUrl(workflowId: string, runId: string): string {
    const parts = [this.namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent);
    return `${this.uiUrl}/namespaces/${parts.join('/')}`;
  }

  private async describe(id: ScheduleId): Promise<ScheduleDescription | null> {
    try {
      return await this.client.schedule.getHandle(SCHEDULES[id]).describe();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  }

  private async withDeadline<T>(call: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + TIMEOUT_MS, call);
  }
}

const stateOf = (description: ScheduleDescription | null): ScheduleState => ({
  exists: description !== null,
  paused: description?.state.paused ?? false,
  nextFireAt: description?.info.nextActionTimes[0] ?? null,
});

/** @throws Problem 503 if Temporal is not available; any other error as it is */
function asProblem(error: unknown): never {
  if (isUnavailable(error)) throw unavailable('Temporal is not available. Try again later; /readyz has details.');
  throw error;
}

/** Failures that a later try may not have. */
const TRANSIENT = new Set([status.CANCELLED, status.DEADLINE_EXCEEDED, status.RESOURCE_EXHAUSTED, status.UNAVAILABLE]);

/** The client wraps the errors of its connection. */
function isUnavailable(error: unknown): boolean {
  if (isGrpcServiceError(error)) return TRANSIENT.has(error.code);
  return error instanceof Error && error.cause !== undefined && isUnavailable(error.cause);
}

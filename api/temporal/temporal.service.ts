import { Inject, Injectable } from '@nestjs/common';
import {
  isGrpcServiceError,
  ScheduleNotFoundError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { SCHEDULES } from '../../contracts/schedules.js';
import type { WORKFLOWS } from '../../contracts/workflows.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { unavailable } from '../http/problem.js';
import { cachedFor } from '../http/ttl-cache.js';

export type ScheduleId = keyof typeof SCHEDULES;

export interface ScheduleState {
  exists: boolean;
  paused: boolean;
  /** Wall clock; null where it has none. */
  nextFireAt: Date | null;
}

/** A run that was begun. */
export interface StartedRun {
  workflowId: string;
  runId: string;
  temporalUrl: string;
}

/** A server that is there answers far sooner; one that is not must not hold up an answer. */
const ANSWERS_WITHIN_MS = 1_500;
const KEPT_MS = 1_000;
/** While a server hangs, only one answer in this time waits for it. */
const FAILURE_KEPT_MS = 2_000;

/** What the API asks Temporal. Every question throws when the server does not answer in time. */
@Injectable()
export class TemporalService {
  private readonly client: Client;
  private readonly states: () => Promise<ReadonlyMap<ScheduleId, ScheduleState>>;
  private readonly uiUrl: string;

  constructor(@Inject(DEPS) deps: ApiDeps) {
    this.client = deps.temporal;
    this.uiUrl = deps.temporalUiUrl;
    const describeAll = async () => {
      const ids = Object.keys(SCHEDULES) as ScheduleId[];
      const described = await this.within(() => Promise.all(ids.map((id) => this.describe(id))));
      return new Map(ids.map((id, i) => [id, described[i]!]));
    };
    this.states = cachedFor(KEPT_MS, describeAll, FAILURE_KEPT_MS);
  }

  get namespace(): string {
    return this.client.options.namespace;
  }

  /** Asks for the namespace: server and namespace are there when this returns. */
  async ping(): Promise<void> {
    await this.within(() => this.client.workflowService.describeNamespace({ namespace: this.namespace }));
  }

  /** All schedules of the project as they stand. */
  schedules(): Promise<ReadonlyMap<ScheduleId, ScheduleState>> {
    return this.states();
  }

  /**
   * Starts a workflow; one with the same id that is under way is taken for it.
   * @throws Problem 503 where Temporal does not answer
   */
  async start(
    type: (typeof WORKFLOWS)[keyof typeof WORKFLOWS],
    workflowId: string,
    input: object,
  ): Promise<StartedRun> {
    const started = this.within(() =>
      this.client.workflow.start(type, {
        workflowId,
        taskQueue: PIPELINE_QUEUE,
        args: [input],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      }),
    );
    const { firstExecutionRunId: runId } = await started.catch(() => {
      throw unavailable('Temporal does not answer, so nothing was begun. Ask again; /readyz says more.');
    });
    return { workflowId, runId, temporalUrl: this.runUrl(workflowId, runId) };
  }

  /**
   * Asks the server something of one's own.
   * @throws Problem 503 where it does not answer in time; what it refuses, it refuses as the client words it
   */
  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.within(() => question(this.client));
    } catch (error) {
      if (isAway(error)) throw unavailable('Temporal does not answer. Ask again; /readyz says more.');
      throw error;
    }
  }

  /** A run's page in the Temporal Web UI. */
  runUrl(workflowId: string, runId: string): string {
    const parts = [this.namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent);
    return `${this.uiUrl}/namespaces/${parts.join('/')}`;
  }

  private async describe(id: ScheduleId): Promise<ScheduleState> {
    try {
      const { state, info } = await this.client.schedule.getHandle(SCHEDULES[id]).describe();
      return { exists: true, paused: state.paused, nextFireAt: info.nextActionTimes[0] ?? null };
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return { exists: false, paused: false, nextFireAt: null };
      throw error;
    }
  }

  private within<T>(ask: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + ANSWERS_WITHIN_MS, ask);
  }
}

/** Codes of gRPC that say "not now": cancelled, deadline exceeded, resource exhausted, unavailable. */
const AWAY = new Set([1, 4, 8, 14]);

/** The client wraps what the connection says. */
function isAway(error: unknown): boolean {
  if (isGrpcServiceError(error)) return AWAY.has(error.code);
  return error instanceof Error && error.cause !== undefined && isAway(error.cause);
}

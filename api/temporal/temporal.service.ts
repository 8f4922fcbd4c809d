import { status } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import {
  isGrpcServiceError,
  type ScheduleDescription,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import pTimeout from 'p-timeout';
import { PROVIDERS } from '../../config/catalog/providers.js';
import { describeSchedule } from '../../contracts/describe-schedule.js';
import { type Answer, LOOK_UP_EACH_MS, type LookUpInput } from '../../contracts/look-up.js';
import { PIPELINE, pollersOf } from '../../contracts/pollers.js';
import { SCHEDULES, type ScheduleId } from '../../contracts/schedules.js';
import { lookUpStartOptions, type releaseStartOptions } from '../../contracts/start-options.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import type { WorkflowType } from '../../contracts/workflow-details.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps, type Timing } from '../deps.js';
import { digestOf } from '../http/idempotency-key.js';
import { unavailable } from '../http/problem.js';
import { cachedFor, type Cached } from '../http/ttl-cache.js';

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

/** How many times as long as a single call it may take to describe all schedules: a busy server does them one by one. */
const DESCRIBE_ALL = 4;
/** How many times as long as a call that reads one that changes something may take. */
const ACTION = 4;
const CACHED_MS = SECOND;
/** While a server hangs, only one request in this time waits for it. */
const FAILURE_CACHED_MS = 2 * SECOND;

/** The API's client of Temporal. Every call throws if the server does not respond in time. */
@Injectable()
export class TemporalService {
  private readonly client: Client;
  private readonly descriptions: Cached<ReadonlyMap<ScheduleId, ScheduleDescription | null>>;
  private readonly uiUrl: string;
  private readonly timing: Timing;

  constructor(@Inject(DEPS) deps: ApiDeps) {
    this.client = deps.temporal;
    this.timing = deps.timing;
    this.uiUrl = deps.temporalUiUrl;
    const describeAll = async () => {
      const ids = Object.keys(SCHEDULES) as ScheduleId[];
      const all = () => Promise.all(ids.map((id) => describeSchedule(this.client, id)));
      const described = await this.withDeadline(all, DESCRIBE_ALL * this.timing.temporalMs);
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

  /** The identities of the workers that run the pipeline; none, too, if they take only its workflows, or only its activities. */
  async workers(): Promise<string[]> {
    const polled = await this.withDeadline(() =>
      Promise.all(PIPELINE.map((queue) => pollersOf(this.client, queue, Date.now()))),
    );
    return polled.some(({ length }) => length === 0) ? [] : [...new Set(polled.flat())];
  }

  /** The state of every schedule of the project. @throws if it is not known in the time of a single call */
  async schedules(): Promise<ReadonlyMap<ScheduleId, ScheduleState>> {
    const described = [...(await pTimeout(this.descriptions(), { milliseconds: this.timing.temporalMs }))];
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
  async start(type: WorkflowType, options: ReturnType<typeof releaseStartOptions>): Promise<StartedRun> {
    const { firstExecutionRunId: runId } = await this.act((client) =>
      client.workflow.start(type, {
        ...options,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      }),
    );
    const { workflowId } = options;
    return { workflowId, runId, temporalUrl: this.runUrl(workflowId, runId) };
  }

  /**
   * Makes a call that reads, with a deadline.
   * @throws Problem 503 if Temporal is not available; any other error of the client as it is
   */
  async call<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.withDeadline(() => work(this.client)).catch(asProblem);
  }

  /**
   * Makes a call that changes something, with a later deadline: one that is given up may still be carried out.
   * @throws Problem 503 if Temporal is not available; any other error of the client as it is
   */
  async act<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.withDeadline(() => work(this.client), ACTION * this.timing.temporalMs).catch(asProblem);
  }

  /**
   * Has a worker ask a provider; the same questions that are asked meanwhile share the answers.
   * @throws Problem 503 if no answer came in time
   */
  async lookUp(input: LookUpInput): Promise<Answer[]> {
    const digest = digestOf(JSON.stringify(input.questions));
    const deadline = Date.now() + this.timing.lookUpMs + input.questions.length * LOOK_UP_EACH_MS;
    const asked = this.client.withDeadline(deadline, () =>
      this.client.workflow.execute(WORKFLOWS.lookUp, {
        ...lookUpStartOptions(`look_up-${input.provider}-${digest}`, input),
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      }),
    );
    return (await asked.catch((error: unknown) => {
      if (error instanceof WorkflowFailedError || isUnavailable(error))
        throw unavailable(`no worker asked ${PROVIDERS[input.provider].name} in time; /readyz has details`);
      throw error;
    })) as Answer[];
  }

  /** URL of a run in the Temporal Web UI. */
  runUrl(workflowId: string, runId: string): string {
    const parts = [this.namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent);
    return `${this.uiUrl}/namespaces/${parts.join('/')}`;
  }

  private async withDeadline<T>(call: () => Promise<T>, ms = this.timing.temporalMs): Promise<T> {
    return this.client.withDeadline(Date.now() + ms, call);
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

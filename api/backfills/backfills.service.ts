import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import {
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { latestAudits, lockSubject, recordAudit, type KeptAudit } from '../../db/repositories/upkeep/audit-log.js';
import { RunReader, type RunRow } from '../../db/repositories/runs/run-reader.js';
import type { Queryable } from '../../db/client.js';
import { inTransaction } from '../../db/transaction.js';
import { NO_COUNTS } from '../../domain/run.js';
import { backfillStartOptions } from '../../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../../contracts/workflows.js';
import { type BackfillProgress, PROGRESS_QUERY } from '../../contracts/queries.js';
import { CLOSED_STATUSES } from '../../contracts/run-statuses.js';
import { APPROVE_UPDATE, RESIZE_UPDATE } from '../../contracts/backfill-updates.js';
import { countBackfill } from '../../planning/backfill-count.js';
import { backfillWorkflowId } from '../../planning/backfill-id.js';
import {
  type Backfill,
  type BackfillRequest,
  inCurrentForm,
  resolveBackfill,
} from '../../planning/backfill-request.js';
import { BadFieldsError } from '../../planning/bad-input.js';
import { DEPS, marketNow, type ApiDeps } from '../deps.js';
import { assertKey, digestOf, keyReused } from '../http/idempotency-key.js';
import { StatusResponse } from '../http/response.js';
import { invalidBody, invalidParameters, Problem } from '../http/problem.js';
import { isoSeconds } from '../http/time.js';
import { RunsService } from '../pipeline/runs.service.js';
import { TemporalService } from '../temporal/temporal.service.js';
import {
  type BackfillBody,
  type BackfillChange,
  type BackfillPageBody,
  type BackfillPlanBody,
  type BackfillRequestBody,
  type BackfillsFilter,
} from './backfills.schema.js';

const STARTED = 'backfill.start';
const CHANGED = 'backfill.change';
const CANCELLED = 'backfill.cancel';
/** Name of the request in the memo of its workflow. */
const REQUEST_MEMO = 'request';
/** Maximum number of open backfills that a page fetches from Temporal. */
const MAX_OPEN = 100;

/** The most that a preview lists. */
const MAX_WINDOWS = 500;
const MAX_ASSETS = 1_000;

/** Starts, lists, changes and cancels backfills, which are the workflow of `npm run backfill`. */
@Injectable()
export class BackfillsService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly runs: RunsService,
    private readonly reader: RunReader,
    private readonly temporal: TemporalService,
  ) {}

  /**
   * Starts a backfill, or previews it.
   * @param key Idempotency-Key: requests with the same key start only one backfill. Without one, a request joins the same
   * backfill if it is running
   * @throws Problem 400 for a request that cannot be fulfilled, 422 for a key of another request, 503 if Temporal is not
   * available
   */
  async start(
    { dryRun, reason = '', ...request }: BackfillRequestBody,
    key: string | undefined,
  ): Promise<StatusResponse> {
    assertKey(key);
    const { pool } = this.deps.database;
    const backfill = await resolveBackfill(pool, request, marketNow(this.deps)).catch(asInvalid);
    if (dryRun) return new StatusResponse(200, await this.preview(backfill));
    const workflowId = key === undefined ? await backfillWorkflowId(pool, backfill.input) : `backfill-${digestOf(key)}`;
    const started = await this.startWorkflow(workflowId, backfill, reason);
    const body = await this.one(workflowId, started);
    return new StatusResponse(202, body, { Location: `/api/pipeline/backfills/${encodeURIComponent(workflowId)}` });
  }

  private async preview(backfill: Backfill): Promise<BackfillPlanBody> {
    const clocks = { now: marketNow(this.deps), wallNow: this.deps.wallNow() };
    const windows: BackfillPlanBody['windows'] = [];
    const { pool } = this.deps.database;
    const { count, byAsset } = await countBackfill(pool, backfill, clocks, this.deps.rates, (counted) => {
      const { asset, timeframe, window, expectedBars } = counted;
      if (windows.length >= MAX_WINDOWS) return;
      const [start, end] = [isoSeconds(window.from), isoSeconds(window.to)];
      windows.push({ symbol: asset.symbol, timeframe, start, end, expectedBars });
    });
    return { dryRun: true, ...count, byAsset: byAsset.slice(0, MAX_ASSETS), windows };
  }

  /** Newest first. While Temporal is unavailable, the progress is null. */
  async page({ limit, cursor }: BackfillsFilter): Promise<BackfillPageBody> {
    const { runs, nextCursor } = await this.runs.page({ pipeline: 'backfill', limit, cursor });
    const oldest = nextCursor === null ? '' : (runs.at(-1)?.startedAt ?? '');
    const unrecorded = cursor === undefined ? await this.unrecorded(runs.map((run) => run.workflowId)) : [];
    const waiting = new Set(unrecorded.map(({ workflowId }) => workflowId));
    const all = [...unrecorded.map((row) => this.runs.body(row)).filter((run) => run.startedAt >= oldest), ...runs];
    all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
    const audits = await latestAudits(
      this.deps.database.pool,
      STARTED,
      all.map((run) => run.workflowId),
    );
    const backfills = await Promise.all(
      all.map((run) => this.body(run, audits.get(run.workflowId), !waiting.has(run.workflowId))),
    );
    return { backfills, nextCursor };
  }

  /** @throws Problem 404 for an unknown backfill */
  async detail(workflowId: string): Promise<BackfillBody> {
    return this.one(workflowId, null);
  }

  /**
   * Resizes or approves a running backfill.
   * @throws Problem 400 without a change, 404 for an unknown backfill, 409 if it has ended or refuses the change, 503 if
   * Temporal or the worker is not available
   */
  async change(workflowId: string, { concurrency, approved, reason = '' }: BackfillChange): Promise<BackfillBody> {
    if ((concurrency === undefined) === (approved === undefined))
      throw invalidBody('body', 'must have either concurrency or approved');
    const { runId, status } = (await this.find(workflowId)).row;
    if (status !== 'running') throw notRunning(workflowId, status);
    await inTransaction(this.deps.database.pool, async (tx) => {
      const details = { concurrency, approved };
      await recordAudit(tx, { actor: 'admin', action: CHANGED, subject: workflowId, reason, details });
      const change = (handle: WorkflowHandle) =>
        concurrency === undefined
          ? handle.executeUpdate(APPROVE_UPDATE)
          : handle.executeUpdate(RESIZE_UPDATE, { args: [{ concurrency }] });
      await this.temporal
        .act((client) => change(client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId })))
        .catch((error: unknown) => {
          if (error instanceof WorkflowNotFoundError) throw notRunning(workflowId);
          throw error instanceof WorkflowUpdateFailedError ? refused(workflowId, error) : error;
        });
    });
    return this.one(workflowId, null);
  }

  /**
   * Requests the cancellation of a backfill: stored bars remain, and its run ends as `cancelled`.
   * @throws Problem 404 for an unknown backfill, 409 if it has ended, 503 if Temporal is not available
   */
  async cancel(workflowId: string, reason = ''): Promise<StatusResponse> {
    const { runId, status } = (await this.find(workflowId)).row;
    if (status !== 'running') throw notRunning(workflowId, status);
    await inTransaction(this.deps.database.pool, async (tx) => {
      await recordAudit(tx, { actor: 'admin', action: CANCELLED, subject: workflowId, reason });
      const options = { firstExecutionRunId: runId };
      await this.temporal
        .act((client) => client.workflow.getHandle(workflowId, undefined, options).cancel())
        .catch((error: unknown) => {
          throw error instanceof WorkflowNotFoundError ? notRunning(workflowId) : error;
        });
    });
    return new StatusResponse(202, await this.one(workflowId, null));
  }

  /** Whether this request has already started the workflow. @throws Problem 422 if a different one has */
  private async wasStarted(tx: Queryable, workflowId: string, input: BackfillInput): Promise<boolean> {
    const earlier = (await latestAudits(tx, STARTED, [workflowId])).get(workflowId);
    if (earlier) assertSame(earlier.details, input);
    return earlier !== undefined;
  }

  /**
   * Starts the workflow of a request, and commits the audit log entry after Temporal has done so. Requests with the same
   * workflow id come here one after the other, so that each sees what the first one was.
   * @returns null if the same request has already started it
   * @throws Problem 422 if a different one has
   */
  private async startWorkflow(workflowId: string, backfill: Backfill, reason: string): Promise<RunRow | null> {
    const { input, symbols } = backfill;
    try {
      return await inTransaction(this.deps.database.pool, async (tx) => {
        await lockSubject(tx, STARTED, workflowId);
        if (await this.wasStarted(tx, workflowId, input)) return null;
        const details = { ...input };
        await recordAudit(tx, { actor: 'admin', action: STARTED, subject: workflowId, reason, details });
        const { firstExecutionRunId } = await this.temporal.act((client) =>
          client.workflow.start(WORKFLOWS.backfill, {
            ...backfillStartOptions(workflowId, { ...input, trigger: 'manual' }, symbols),
            memo: { [REQUEST_MEMO]: input },
            workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
          }),
        );
        return unrecordedRun(workflowId, firstExecutionRunId, new Date(this.deps.wallNow()));
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // the command line started it, or the database failed after an earlier start, so that only Temporal knows its request
      const { memo } = await this.temporal.call((client) => client.workflow.getHandle(workflowId).describe());
      if (memo?.[REQUEST_MEMO]) assertSame(memo[REQUEST_MEMO], input);
      return null;
    }
  }

  /** @param started a backfill that was just started, used if its run is not recorded yet */
  private async one(workflowId: string, started: RunRow | null): Promise<BackfillBody> {
    const { row, isRecorded } = await this.find(workflowId, started);
    const audits = await latestAudits(this.deps.database.pool, STARTED, [workflowId]);
    return this.body(this.runs.body(row), audits.get(workflowId), isRecorded);
  }

  /** @param started as for `one` */
  private async find(workflowId: string, started: RunRow | null = null): Promise<{ row: RunRow; isRecorded: boolean }> {
    const recorded = await this.reader.latest('backfill', workflowId);
    if (recorded) return { row: recorded, isRecorded: true };
    const unrecorded = started ?? (await this.fromTemporal(workflowId));
    if (unrecorded) return { row: unrecorded, isRecorded: false };
    throw new Problem(404, `Unknown backfill: ${workflowId}.`, {
      type: 'unknown-backfill',
    });
  }

  /** Finds a backfill that still waits for a worker, so that its run is not recorded yet. */
  private async fromTemporal(workflowId: string): Promise<RunRow | null> {
    try {
      const { type, runId, startTime, status } = await this.temporal.call((client) =>
        client.workflow.getHandle(workflowId).describe(),
      );
      if (type !== WORKFLOWS.backfill) return null;
      return { ...unrecordedRun(workflowId, runId, startTime), status: CLOSED_STATUSES[status.name] ?? 'running' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  /** Open backfills in Temporal whose runs are not recorded yet; none while Temporal is unavailable. */
  private async unrecorded(known: string[]): Promise<RunRow[]> {
    const query = `WorkflowType = '${WORKFLOWS.backfill}' AND ExecutionStatus = 'Running'`;
    try {
      return await this.temporal.call(async (client) => {
        const rows: RunRow[] = [];
        for await (const { workflowId, runId, startTime } of client.workflow.list({ query, pageSize: MAX_OPEN })) {
          if (!known.includes(workflowId)) rows.push(unrecordedRun(workflowId, runId, startTime));
          if (rows.length >= MAX_OPEN) break;
        }
        return rows;
      });
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }

  /** @param isRecorded false if no worker has taken the run yet, so that none could say its progress */
  private async body(
    run: ReturnType<RunsService['body']>,
    audit: KeptAudit | undefined,
    isRecorded: boolean,
  ): Promise<BackfillBody> {
    return {
      ...run,
      asked: audit ? { ...inCurrentForm(audit.details ?? {}), reason: audit.reason } : null,
      progress: run.status === 'running' && isRecorded ? await this.progressOf(run.workflowId) : null,
    };
  }

  /** Null while Temporal or the worker is unavailable. */
  private async progressOf(workflowId: string): Promise<BackfillProgress | null> {
    try {
      return await this.temporal.call((client) =>
        client.workflow.getHandle(workflowId).query<BackfillProgress>(PROGRESS_QUERY),
      );
    } catch {
      return null;
    }
  }
}

/** @throws Problem 400 for an input that cannot be carried out */
function asInvalid(error: unknown): never {
  if (!(error instanceof BadFieldsError)) throw error;
  throw invalidParameters(error.problems.map(({ field, detail }) => ({ parameter: field, in: 'body', detail })));
}

/** @throws Problem 422 if an earlier request with the same key was a different one */
function assertSame(earlier: unknown, input: BackfillInput): void {
  if (isDeepStrictEqual(inCurrentForm(earlier as BackfillRequest), inCurrentForm(input))) return;
  throw keyReused();
}

const notRunning = (workflowId: string, status = 'ended'): Problem =>
  new Problem(409, `${workflowId} is not running (status: ${status}).`, { type: 'not-running' });

const refused = (workflowId: string, { cause, message }: WorkflowUpdateFailedError): Problem =>
  new Problem(409, `${workflowId} cannot be changed like this: ${cause?.message ?? message}.`, { type: 'not-running' });

/** A run as its first activity will record it. */
const unrecordedRun = (workflowId: string, runId: string, startedAt: Date): RunRow => ({
  workflowId,
  runId,
  pipeline: 'backfill',
  trigger: 'manual',
  nominalAt: startedAt,
  scheduledAt: null,
  status: 'running',
  startedAt,
  finishedAt: null,
  durationMs: null,
  ...NO_COUNTS,
  requestsTotal: null,
  requestsDone: null,
  requestsFailed: null,
  attempts: null,
  errorType: null,
  errorMessage: null,
});

import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { latestAudits, recordAudit, type KeptAudit } from '../../db/repositories/upkeep/audit-log.js';
import { RunReader, type RunRow } from '../../db/repositories/runs/run-reader.js';
import { inTransaction } from '../../db/transaction.js';
import { NO_COUNTS } from '../../domain/run.js';
import { backfillStartOptions } from '../../contracts/start-options.js';
import { type BackfillInput, WORKFLOWS } from '../../contracts/workflows.js';
import { type BackfillProgress, PROGRESS_QUERY } from '../../contracts/queries.js';
import { CLOSED_STATUSES } from '../../contracts/run-statuses.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { RunsService } from '../pipeline/runs.service.js';
import { TemporalService } from '../temporal/temporal.service.js';
import { BackfillPlanner, type WantedBackfill } from './backfill-planner.js';
import type { BackfillBody, BackfillPageBody, BackfillRequest, BackfillsFilter } from './backfills.schema.js';

const STARTED = 'backfill.start';
const CANCELLED = 'backfill.cancel';
/** Open backfills that a page asks Temporal for. */
const MOST_OPEN = 100;

/** What is kept of a request: what two requests with one key must agree on. */
type Asked = Omit<BackfillRequest, 'dryRun' | 'reason'>;

/** Backfills as operators start, watch and cancel them: the workflow of `npm run backfill`. */
@Injectable()
export class BackfillsService {
  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly planner: BackfillPlanner,
    private readonly runs: RunsService,
    private readonly reader: RunReader,
    private readonly temporal: TemporalService,
  ) {}

  /**
   * Starts a backfill, or tells what it would do.
   * @param key Idempotency-Key: requests with the same one start one backfill
   * @throws Problem 400 on what cannot be fulfilled, 422 on a key of another request, 503 where Temporal is away
   */
  async start({ dryRun, reason = '', ...asked }: BackfillRequest, key: string | undefined): Promise<StatusResponse> {
    assertKey(key);
    const wanted = await this.planner.read(asked);
    if (dryRun) return new StatusResponse(200, await this.planner.plan(wanted));
    const workflowId = `backfill-${key === undefined ? randomBytes(4).toString('hex') : digestOf(key)}`;
    const isNew = !(key !== undefined && (await this.wasAsked(workflowId, asked)));
    const begun = isNew ? await this.begin(workflowId, wanted, asked, reason) : null;
    const body = await this.one(workflowId, begun);
    return new StatusResponse(202, body, { Location: `/api/pipeline/backfills/${encodeURIComponent(workflowId)}` });
  }

  /** Newest first. Where Temporal is away, without the progress of those that run. */
  async page({ limit, cursor }: BackfillsFilter): Promise<BackfillPageBody> {
    const { runs, nextCursor } = await this.runs.page({ pipeline: 'backfill', limit, cursor });
    const oldest = nextCursor === null ? '' : (runs.at(-1)?.startedAt ?? '');
    const waiting = cursor === undefined ? await this.unopened(runs.map((run) => run.workflowId)) : [];
    const all = [...waiting.map((row) => this.runs.body(row)).filter((run) => run.startedAt >= oldest), ...runs];
    all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
    const asked = await latestAudits(
      this.deps.database.pool,
      STARTED,
      all.map((run) => run.workflowId),
    );
    const backfills = await Promise.all(all.map((run) => this.body(run, asked.get(run.workflowId))));
    return { backfills, nextCursor };
  }

  /** @throws Problem 404 when there is no such backfill */
  async detail(workflowId: string): Promise<BackfillBody> {
    return this.one(workflowId, null);
  }

  /**
   * Asks a backfill to stop: what is stored stays, and its run ends as `cancelled`.
   * @throws Problem 404 when there is no such backfill, 409 when it has ended, 503 where Temporal is away
   */
  async cancel(workflowId: string, reason = ''): Promise<StatusResponse> {
    const { runId, status } = await this.find(workflowId);
    if (status !== 'running') throw ended(workflowId, status);
    await inTransaction(this.deps.database.pool, async (tx) => {
      await recordAudit(tx, { actor: 'admin', action: CANCELLED, subject: workflowId, reason });
      const follow = { firstExecutionRunId: runId };
      await this.temporal
        .ask((client) => client.workflow.getHandle(workflowId, undefined, follow).cancel())
        .catch((error: unknown) => {
          throw error instanceof WorkflowNotFoundError ? ended(workflowId, 'ended') : error;
        });
    });
    return new StatusResponse(202, await this.one(workflowId, null));
  }

  /** Whether this key has started this already. @throws Problem 422 when it has started something else */
  private async wasAsked(workflowId: string, asked: Asked): Promise<boolean> {
    const earlier = (await latestAudits(this.deps.database.pool, STARTED, [workflowId])).get(workflowId);
    if (!earlier) return false;
    if (isDeepStrictEqual(earlier.details, JSON.parse(JSON.stringify(asked)))) return true;
    throw new Problem(422, 'This Idempotency-Key has started another backfill: take a new one.', {
      type: 'idempotency-key-reused',
    });
  }

  /** The entry in the audit log is committed once Temporal has it. @returns null where another request with this key was faster */
  private async begin(
    workflowId: string,
    { assets, timeframes, refetch }: WantedBackfill,
    asked: Asked,
    reason: string,
  ): Promise<RunRow | null> {
    const symbols = assets.map((asset) => asset.symbol);
    const { start: from, end: to } = asked;
    const input: BackfillInput = { symbols, timeframes, from, to, refetch, trigger: 'manual' };
    try {
      return await inTransaction(this.deps.database.pool, async (tx) => {
        await recordAudit(tx, { actor: 'admin', action: STARTED, subject: workflowId, reason, details: asked });
        const { firstExecutionRunId } = await this.temporal.ask((client) =>
          client.workflow.start(WORKFLOWS.backfill, {
            ...backfillStartOptions(workflowId, input, symbols),
            workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
          }),
        );
        return notOpened(workflowId, firstExecutionRunId, new Date(this.deps.wallNow()));
      });
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
      throw error;
    }
  }

  /** @param begun what is known of one whose first step has not recorded it yet */
  private async one(workflowId: string, begun: RunRow | null): Promise<BackfillBody> {
    const row = begun ? ((await this.reader.latest('backfill', workflowId)) ?? begun) : await this.find(workflowId);
    const asked = await latestAudits(this.deps.database.pool, STARTED, [workflowId]);
    return this.body(this.runs.body(row), asked.get(workflowId));
  }

  private async find(workflowId: string): Promise<RunRow> {
    const row = (await this.reader.latest('backfill', workflowId)) ?? (await this.fromTemporal(workflowId));
    if (row) return row;
    throw new Problem(404, `There is no backfill ${workflowId} here.`, {
      type: 'unknown-backfill',
    });
  }

  /** One that waits for a worker has no row yet; null where there is none. */
  private async fromTemporal(workflowId: string): Promise<RunRow | null> {
    try {
      const { type, runId, startTime, status } = await this.temporal.ask((client) =>
        client.workflow.getHandle(workflowId).describe(),
      );
      if (type !== WORKFLOWS.backfill) return null;
      return { ...notOpened(workflowId, runId, startTime), status: CLOSED_STATUSES[status.name] ?? 'running' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  /** Open ones in Temporal that are not among the known; none where Temporal is away. */
  private async unopened(known: string[]): Promise<RunRow[]> {
    const query = `WorkflowType = '${WORKFLOWS.backfill}' AND ExecutionStatus = 'Running'`;
    try {
      return await this.temporal.ask(async (client) => {
        const rows: RunRow[] = [];
        for await (const { workflowId, runId, startTime } of client.workflow.list({ query, pageSize: MOST_OPEN })) {
          if (!known.includes(workflowId)) rows.push(notOpened(workflowId, runId, startTime));
          if (rows.length >= MOST_OPEN) break;
        }
        return rows;
      });
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }

  private async body(run: ReturnType<RunsService['body']>, audit: KeptAudit | undefined): Promise<BackfillBody> {
    return {
      ...run,
      asked: audit ? { ...(audit.details as Asked | null), reason: audit.reason } : null,
      progress: run.status === 'running' ? await this.progressOf(run.workflowId) : null,
    };
  }

  /** Null where no worker, or no Temporal, answers. */
  private async progressOf(workflowId: string): Promise<BackfillProgress | null> {
    try {
      return await this.temporal.ask((client) =>
        client.workflow.getHandle(workflowId).query<BackfillProgress>(PROGRESS_QUERY),
      );
    } catch {
      return null;
    }
  }
}

/** @throws Problem 400 */
function assertKey(key: string | undefined): void {
  if (key === undefined || /^[^\s].{0,254}$/.test(key)) return;
  const detail = 'must have 1 to 255 characters';
  throw invalidParameters([{ parameter: 'Idempotency-Key', in: 'header', detail }]);
}

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

const ended = (workflowId: string, status: string): Problem =>
  new Problem(409, `${workflowId} runs no more: ${status}.`, { type: 'not-running' });

/** A run as its row will begin. */
const notOpened = (workflowId: string, runId: string, startedAt: Date): RunRow => ({
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
  attempts: null,
  errorType: null,
  errorMessage: null,
});

import { status as grpcStatus } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import { isGrpcServiceError } from '@temporalio/client';
import pTimeout, { TimeoutError } from 'p-timeout';
import { backupState } from '../../db/backup/state-in-words.js';
import { epochMs } from '../../db/columns.js';
import { schemaState } from '../../db/migrate.js';
import { assetProblems } from '../../db/repositories/read/active-assets.js';
import { causesOf, databaseCause } from '../../db/unavailable.js';
import { counted } from '../../domain/in-words.js';
import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { cachedFor } from '../http/ttl-cache.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { HealthBody, ReadinessBody } from './health.schema.js';

type Check = ReadinessBody['checks'][number];

const CACHED_MS = SECOND;
/** How long a check that was in time counts while later ones are late. */
const LATE_MS = 10 * SECOND;
/** Backups change once a day, and their disk may be slow or gone. */
const BACKUPS_CACHED_MS = MINUTE;

/** A clock that is off by more has bars stored before they are final, or late. */
const CLOCK_OFF_MS = MINUTE;

const WITHHELD = 'shown with the read token';

/** Liveness of this process, and readiness of everything that it needs. */
@Injectable()
export class HealthService {
  private readonly checks: () => Promise<Check[]>;
  /** While the disk does not answer, all checks wait for the same attempt. A problem is not cached. */
  private readonly backups = cachedFor(BACKUPS_CACHED_MS, async () => {
    const { words, isProblem } = await backupState(this.deps.database.pool, this.deps.wallNow());
    if (isProblem) throw new CheckWarning(words);
    return words;
  });
  private readonly lastInTime = new Map<Check['name'], { at: number; detail: string }>();

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly temporal: TemporalService,
  ) {
    this.checks = cachedFor(CACHED_MS, () =>
      Promise.all([
        this.check('database', () => this.database()),
        this.check('schema', () => this.schema()),
        this.check('temporal', () => this.server()),
        this.check('schedules', () => this.schedules()),
        this.check('workers', () => this.workers(), 'warning'),
        this.check('assets', () => this.assets()),
        this.check('closures', async () => Promise.resolve(this.closures())),
        this.check('backups', () => this.backups(), 'warning'),
      ]),
    );
  }

  /** Covers this process only. */
  health(): StatusResponse {
    const { version } = this.deps;
    return new StatusResponse(200, {
      status: 'ok',
      version,
      uptimeSeconds: Math.round(process.uptime()),
    } satisfies HealthBody);
  }

  /** @param detailed whether the details are shown: they name assets, files and versions */
  async readiness(detailed: boolean): Promise<StatusResponse> {
    const checks = await this.checks();
    const ready = checks.every(({ status }) => status !== 'failed');
    return new StatusResponse(ready ? 200 : 503, {
      status: ready ? 'ready' : 'not_ready',
      checks: detailed ? checks : checks.map((check) => ({ ...check, detail: WITHHELD })),
    } satisfies ReadinessBody);
  }

  /**
   * Under load a check may be late; it fails only if it was not in time for a while.
   * @param failed what it means for readiness that the check cannot be made
   */
  private async check(
    name: Check['name'],
    run: () => Promise<string>,
    failed: 'failed' | 'warning' = 'failed',
  ): Promise<Check> {
    try {
      const detail = await pTimeout(run(), { milliseconds: this.deps.timing.checkMs });
      this.lastInTime.set(name, { at: performance.now(), detail });
      return { name, status: 'ok', detail };
    } catch (error) {
      const last = this.lastInTime.get(name);
      if (error instanceof TimeoutError && last && performance.now() - last.at < LATE_MS)
        return { name, status: 'ok', detail: last.detail };
      this.lastInTime.delete(name);
      return {
        name,
        status: error instanceof CheckWarning ? 'warning' : failed,
        detail: describe(error, this.deps.timing.checkMs),
      };
    }
  }

  private async database(): Promise<string> {
    const sentAt = Date.now();
    const { rows } = await this.deps.database.pool.query<{ setting: string; now: number }>(
      `select current_setting('transaction_read_only') as setting, ${epochMs('clock_timestamp()')} as now`,
    );
    const { setting, now } = rows[0]!;
    if (setting === 'on')
      throw new CheckFailure(
        'read-only, so no bars can be stored: the database is a standby, or someone made it read-only',
      );
    // read at some time since the query was sent
    const off = now < sentAt ? now - sentAt : Math.max(0, now - Date.now());
    if (Math.abs(off) > CLOCK_OFF_MS)
      throw new CheckWarning(
        `available, but its clock is ${durationInWords(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} that of this machine: ` +
          `bars count as final too ${off > 0 ? 'early' : 'late'}. Synchronise the clocks of all machines`,
      );
    return 'available';
  }

  private async schema(): Promise<string> {
    const { current, expected, state } = await schemaState(this.deps.database.pool);
    if (state === 'current') return expected;
    const remedy = state === 'older' ? 'migrate the database' : 'run the newer build';
    throw new CheckFailure(`is ${current ?? 'empty'}, but this build needs ${expected}: ${remedy}`);
  }

  private async server(): Promise<string> {
    await this.temporal.ping();
    return `available; namespace ${this.temporal.namespace}`;
  }

  private async schedules(): Promise<string> {
    const missing = [...(await this.temporal.schedules())].filter(([, { exists }]) => !exists).map(([id]) => id);
    if (missing.length > 0)
      throw new CheckFailure(`missing in Temporal: ${missing.join(', ')}; a worker creates them within a minute`);
    return 'all exist';
  }

  private async workers(): Promise<string> {
    const workers = await this.temporal.workers();
    if (workers.length > 0) return counted(workers.length, 'worker');
    throw new CheckWarning('no worker polls Temporal, so nothing is fetched: see the log of the worker');
  }

  private async assets(): Promise<string> {
    const problems = await assetProblems(this.deps.database.pool);
    if (problems.length > 0) throw new CheckWarning(problems.map(({ problem }) => problem).join('; '));
    return 'every active row can be loaded';
  }

  private closures(): string {
    const { closures, problems } = this.deps.closures;
    if (problems.length > 0) throw new CheckWarning(problems.join('; '));
    const days = closures.map(({ exchange, date }) => `${exchange} ${date}`);
    return days.length > 0 ? `closed by the closures file: ${days.join(', ')}` : 'none listed';
  }
}

/** A failed check, with a message for the response. */
class CheckFailure extends Error {}

/** What needs an operator, while the API can respond. */
class CheckWarning extends CheckFailure {}

/** Only our own messages and error codes: the message of any other error may contain a user, a host or a password. */
function describe(error: unknown, limitMs: number): string {
  if (error instanceof CheckFailure) return error.message;
  if (error instanceof TimeoutError) return `no response within ${limitMs / SECOND} s`;
  const cause = databaseCause(error) ?? temporalCause(error);
  if (cause) return `cannot be used: ${cause}`;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `cannot be reached${code}`;
}

/** Why Temporal refused a call, by the status of gRPC. */
function temporalCause(error: unknown): string | undefined {
  const found = causesOf(error).find(isGrpcServiceError);
  return found && TEMPORAL_CAUSES[found.code];
}

const TEMPORAL_CAUSES: Readonly<Record<number, string>> = {
  [grpcStatus.NOT_FOUND]: 'its namespace does not exist',
  [grpcStatus.PERMISSION_DENIED]: 'it refuses our credentials',
  [grpcStatus.UNAUTHENTICATED]: 'it refuses our credentials',
  [grpcStatus.RESOURCE_EXHAUSTED]: 'it limits our calls',
  [grpcStatus.UNAVAILABLE]: 'nothing answers at its address',
};

function durationInWords(ms: number): string {
  const minutes = Math.round(ms / MINUTE);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

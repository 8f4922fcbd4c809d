import { Inject, Injectable } from '@nestjs/common';
import pTimeout, { TimeoutError } from 'p-timeout';
import { schemaState } from '../../db/migrate.js';
import { assetProblems } from '../../db/repositories/read/active-assets.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { cachedFor } from '../http/ttl-cache.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { HealthBody, ReadinessBody } from './health.schema.js';

type Check = ReadinessBody['checks'][number];

const TIMEOUT_MS = 1_800;
const CACHED_MS = SECOND;

/** Liveness of this process, and readiness of everything that it needs. */
@Injectable()
export class HealthService {
  private readonly checks: () => Promise<Check[]>;

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly temporal: TemporalService,
  ) {
    this.checks = cachedFor(CACHED_MS, () =>
      Promise.all([
        check('database', () => this.database()),
        check('schema', () => this.schema()),
        check('temporal', () => this.server()),
        check('schedules', () => this.schedules()),
        check('assets', () => this.assets()),
        check('closures', async () => Promise.resolve(this.closures())),
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

  async readiness(): Promise<StatusResponse> {
    const checks = await this.checks();
    const ready = checks.every(({ status }) => status !== 'failed');
    return new StatusResponse(ready ? 200 : 503, {
      status: ready ? 'ready' : 'not_ready',
      checks,
    } satisfies ReadinessBody);
  }

  private async database(): Promise<string> {
    await this.deps.database.pool.query('select 1');
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
      throw new CheckFailure(`missing in Temporal: ${missing.join(', ')}; the worker creates them when it starts`);
    return 'all exist';
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

async function check(name: Check['name'], run: () => Promise<string>): Promise<Check> {
  try {
    return { name, status: 'ok', detail: await pTimeout(run(), { milliseconds: TIMEOUT_MS }) };
  } catch (error) {
    return { name, status: error instanceof CheckWarning ? 'warning' : 'failed', detail: describe(error) };
  }
}

/** Only our own messages and error codes: the message of any other error may contain a user, a host or a password. */
function describe(error: unknown): string {
  if (error instanceof CheckFailure) return error.message;
  if (error instanceof TimeoutError) return `no response within ${TIMEOUT_MS / SECOND} s`;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `cannot be reached${code}`;
}

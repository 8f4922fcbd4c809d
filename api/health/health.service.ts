import { Inject, Injectable } from '@nestjs/common';
import pTimeout, { TimeoutError } from 'p-timeout';
import { schemaState } from '../../db/migrate.js';
import { SECOND } from '../../domain/timeframe.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { cachedFor } from '../http/ttl-cache.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { HealthBody, ReadinessBody } from './health.schema.js';

type Check = ReadinessBody['checks'][number];

const ANSWERS_WITHIN_MS = 1_800;
const KEPT_MS = 1_000;

/** Whether this process lives, and whether what it needs is there. */
@Injectable()
export class HealthService {
  private readonly checks: () => Promise<Check[]>;

  constructor(
    @Inject(DEPS) private readonly deps: ApiDeps,
    private readonly temporal: TemporalService,
  ) {
    this.checks = cachedFor(KEPT_MS, () =>
      Promise.all([
        check('database', () => this.database()),
        check('schema', () => this.schema()),
        check('temporal', () => this.server()),
        check('schedules', () => this.schedules()),
      ]),
    );
  }

  /** Of this process only: asks nobody. */
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
    const ready = checks.every(({ status }) => status === 'ok');
    return new StatusResponse(ready ? 200 : 503, {
      status: ready ? 'ready' : 'not_ready',
      checks,
    } satisfies ReadinessBody);
  }

  private async database(): Promise<string> {
    await this.deps.database.pool.query('select 1');
    return 'answers';
  }

  private async schema(): Promise<string> {
    const { current, expected, state } = await schemaState(this.deps.database.pool);
    if (state === 'current') return expected;
    const cure = state === 'older' ? 'migrate the database' : 'run the newer build';
    throw new Finding(`is at ${current ?? 'nothing'}, this build needs ${expected}: ${cure}`);
  }

  private async server(): Promise<string> {
    await this.temporal.ping();
    return `answers; namespace ${this.temporal.namespace}`;
  }

  private async schedules(): Promise<string> {
    const missing = [...(await this.temporal.schedules())].filter(([, { exists }]) => !exists).map(([id]) => id);
    if (missing.length > 0)
      throw new Finding(`missing in Temporal: ${missing.join(', ')}; the worker creates them when it starts`);
    return 'all there';
  }
}

/** What is wrong, in words made for the answer. */
class Finding extends Error {}

async function check(name: Check['name'], ask: () => Promise<string>): Promise<Check> {
  try {
    return { name, status: 'ok', detail: await pTimeout(ask(), { milliseconds: ANSWERS_WITHIN_MS }) };
  } catch (error) {
    return { name, status: 'failed', detail: describe(error) };
  }
}

/** Own words, or a code: the text of a foreign error may hold a user, a host or a password. */
function describe(error: unknown): string {
  if (error instanceof Finding) return error.message;
  if (error instanceof TimeoutError) return `no answer within ${ANSWERS_WITHIN_MS / SECOND} s`;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `cannot be reached${code}`;
}

import { Inject, Injectable } from '@nestjs/common';
import { EXCHANGES } from '../../config/catalog/exchanges.js';
import { CALENDAR_IDS, type CalendarId } from '../../domain/calendars/index.js';
import { ClosureError, closeExchange, readClosures, reopenExchange } from '../../db/repositories/upkeep/closures.js';
import { DEPS, type ApiDeps } from '../deps.js';
import { StatusResponse } from '../http/response.js';
import { invalidBody, Problem } from '../http/problem.js';
import type { ClosureBody, MarketClosuresBody } from './closures.schema.js';

/** Days on which an exchange was closed unforeseen, as operators and the closures file say. */
@Injectable()
export class ClosuresService {
  constructor(@Inject(DEPS) private readonly deps: ApiDeps) {}

  /** @throws Problem 404 for an unknown market */
  async of(name: string): Promise<MarketClosuresBody> {
    const mic = marketNamed(name);
    const stored = (await readClosures(this.deps.database.pool))
      .filter(({ exchange }) => exchange === mic)
      .map(({ date, closed, createdAt }) => ({
        ...{ date, reason: closed, list: 'database' as const },
        createdAt: createdAt.toISOString(),
      }));
    const listed = this.deps.closures.closures
      .filter(({ exchange }) => exchange === mic)
      .map(({ date, closed }) => ({ date, reason: closed, list: 'file' as const, createdAt: null }));
    const closures = [...stored, ...listed].sort((a, b) => a.date.localeCompare(b.date));
    return { mic, name: EXCHANGES[mic].name, closures };
  }

  /** @throws Problem 404 for an unknown market, 400 for a day without a session, 409 for one that cannot be closed */
  async close(name: string, { date, reason }: ClosureBody): Promise<StatusResponse> {
    const mic = marketNamed(name);
    const { pool } = this.deps.database;
    await closeExchange(pool, { exchange: mic, date, closed: reason }, 'admin').catch(asProblem);
    return new StatusResponse(200, await this.of(mic));
  }

  /** @throws Problem 404 for an unknown market, 409 if no operator has closed it on that day */
  async reopen(name: string, date: string, reason = ''): Promise<MarketClosuresBody> {
    const mic = marketNamed(name);
    await reopenExchange(this.deps.database.pool, { exchange: mic, date }, reason, 'admin').catch(asProblem);
    return this.of(mic);
  }
}

/** @throws Problem 404 */
export function marketNamed(name: string): CalendarId {
  const mic = CALENDAR_IDS.find((id) => id === name.toUpperCase());
  if (mic) return mic;
  throw new Problem(404, `Unknown market: ${name}. Known markets: ${CALENDAR_IDS.join(', ')}.`, {
    type: 'unknown-market',
  });
}

function asProblem(error: unknown): never {
  if (!(error instanceof ClosureError)) throw error;
  if (error.kind === 'unfit') throw invalidBody('date', error.message);
  throw new Problem(409, `${error.message}.`, { type: 'closure-conflict' });
}

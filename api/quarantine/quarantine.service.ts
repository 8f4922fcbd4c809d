import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RejectedBars, type RejectedBar } from '../../db/repositories/read/rejected-bars.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { RULES } from '../../domain/rules/payload-rules.js';
import { type ReleaseInput, WORKFLOWS } from '../../contracts/workflows.js';
import { releaseStartOptions } from '../../contracts/start-options.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { StatusResponse } from '../http/response.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Problem, type ProblemKind } from '../http/problem.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { QuarantineFilter, QuarantinePageBody, ReleaseBody } from './quarantine.schema.js';
import { isReleasable, rejectedBody } from './rejected-body.js';

const Cursor = z.strictObject({ before: z.int() });

/** Rows that broke a rule, and the decisions of operators about them. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly rejected: RejectedBars,
    private readonly temporal: TemporalService,
  ) {}

  async page({ symbol, limit, cursor, ...only }: QuarantineFilter): Promise<QuarantinePageBody> {
    const sources = symbol === undefined ? undefined : await this.catalog.sourcesOf(await this.catalog.get(symbol));
    const before = cursor === undefined ? undefined : decodeCursor(Cursor, cursor).before;
    const rows = await this.rejected.page({
      ...only,
      assetIds: sources?.map(({ id }) => id),
      before,
      limit: limit + 1,
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      rejected: rows.slice(0, limit).map(rejectedBody),
      nextCursor: last ? encodeCursor({ before: last.id }) : null,
    };
  }

  /** Keeps a row out permanently and makes its session due, so that the next run fetches the bar again. Idempotent. */
  async dismiss(id: string, reason: string): Promise<StatusResponse> {
    const row = await this.find(id);
    const { symbol, state } = row;
    const decided = await this.rejected.decide(row.id, 'dismissed', ['open'], sessionOf(row), {
      actor: 'admin',
      reason,
    });
    if (!decided && state === 'released')
      throw conflict('already-released', `This row of ${symbol} has already been released, and its bar is stored.`);
    return new StatusResponse(200, rejectedBody(await this.find(id)));
  }

  /**
   * Starts the run that stores the bar of a row with its invalid value left out. If the row is released already, its
   * payload is loaded once more, which changes nothing unless the bar is missing.
   */
  async release(id: string, reason: string): Promise<StatusResponse> {
    const row = await this.find(id);
    await this.assertReleasable(row);
    await this.rejected.decide(row.id, 'released', ['open', 'dismissed'], null, { actor: 'admin', reason });
    // until it was decided, a later payload may have sent the row again
    const { payload, assetId, timeframe, symbol } = await this.find(id);
    const input: ReleaseInput = { payloadId: payload.id, assetId, timeframe };
    const run = await this.temporal.start(WORKFLOWS.release, releaseStartOptions(row.id, symbol, input));
    const body: ReleaseBody = { rejected: rejectedBody(await this.find(id)), run };
    return new StatusResponse(202, body);
  }

  /** @throws Problem 404 */
  private async find(id: string): Promise<RejectedBar> {
    const row = /^\d{1,15}$/.test(id) ? await this.rejected.one(Number(id)) : null;
    if (row) return row;
    throw new Problem(404, `Unknown rejected row: ${id}. /api/quarantine lists all of them.`, {
      type: 'unknown-rejected-row',
    });
  }

  /** @throws Problem 409 with the reason */
  private async assertReleasable(row: RejectedBar): Promise<void> {
    const { rule, payload, assetId, symbol } = row;
    if (row.state === 'stored')
      throw conflict('already-released', `The bar of this row of ${symbol} is stored, with a stand-in for one cell.`);
    if (!isReleasable(row)) {
      const doc = RULES.get(rule)?.doc ?? 'This rule no longer exists.';
      throw conflict(
        'not-releasable',
        `A row that broke the rule ${rule} cannot be released, because its prices are not usable. ${doc}`,
      );
    }
    if (!payload.isKept)
      throw conflict('payload-forgotten', `The payload of ${payload.fetchedAt.toISOString()} is no longer stored.`);
    if (await this.rejected.isHeldBack(assetId))
      throw conflict(
        'split-pending',
        `A split of ${symbol} is being applied, so its loads are held back. Try again in a few minutes.`,
      );
  }
}

const conflict = (type: ProblemKind, detail: string) => new Problem(409, detail, { type });

/** Trading date of the bar; null if no bar is expected at that time. */
function sessionOf({ exchange, timeframe, time }: RejectedBar): string | null {
  return (time && placeOf(calendarOf(exchange), timeframe, time.getTime())?.session.date) ?? null;
}

import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RejectedBars, type RejectedBar } from '../../db/repositories/read/rejected-bars.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { placeOf } from '../../domain/coverage/due-sessions.js';
import { RULES, softCellOf } from '../../domain/rules/bar-rules.js';
import { type ReleaseInput, WORKFLOWS } from '../../contracts/workflows.js';
import { releaseWorkflowId } from '../../contracts/workflow-ids.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { StatusResponse } from '../http/response.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Problem, type ProblemKind } from '../http/problem.js';
import { TemporalService } from '../temporal/temporal.service.js';
import type { QuarantineFilter, QuarantinePageBody, ReleaseBody } from './quarantine.schema.js';
import { rejectedBody } from './rejected-body.js';

const Cursor = z.strictObject({ before: z.int() });

/** Rows that broke a rule, and what an operator makes of them. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly rejected: RejectedBars,
    private readonly temporal: TemporalService,
  ) {}

  async page({ symbol, limit, cursor, ...only }: QuarantineFilter): Promise<QuarantinePageBody> {
    const asset = symbol === undefined ? undefined : await this.catalog.get(symbol);
    const before = cursor === undefined ? undefined : decodeCursor(Cursor, cursor).before;
    const rows = await this.rejected.page({ ...only, assetId: asset?.id, before, limit: limit + 1 });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      rejected: rows.slice(0, limit).map(rejectedBody),
      nextCursor: last ? encodeCursor({ before: last.id }) : null,
    };
  }

  /** Leaves a row out for good, and has its bar asked for again. Of one that is dismissed already, nothing. */
  async dismiss(id: string, reason: string): Promise<StatusResponse> {
    const row = await this.find(id);
    const { symbol, state } = row;
    const decided = await this.rejected.decide(row.id, 'dismissed', ['open'], sessionOf(row), {
      actor: 'admin',
      reason,
    });
    if (!decided && state === 'released')
      throw conflict('already-released', `This row of ${symbol} is released: its bar is stored.`);
    return new StatusResponse(200, rejectedBody(await this.find(id)));
  }

  /**
   * Has the bar of a row stored without what is wrong with it. Of one that is released already, its answer is loaded once
   * more: where nothing is missing, that changes nothing.
   */
  async release(id: string, reason: string): Promise<StatusResponse> {
    const row = await this.find(id);
    await this.refuseUnreleasable(row);
    await this.rejected.decide(row.id, 'released', ['open', 'dismissed'], null, { actor: 'admin', reason });
    const input: ReleaseInput = { payloadId: row.payload.id, assetId: row.assetId, timeframe: row.timeframe };
    const run = await this.temporal.start(WORKFLOWS.release, releaseWorkflowId(row.id), input);
    const body: ReleaseBody = { rejected: rejectedBody(await this.find(id)), run };
    return new StatusResponse(202, body);
  }

  /** @throws Problem 404 */
  private async find(id: string): Promise<RejectedBar> {
    const row = /^\d{1,15}$/.test(id) ? await this.rejected.one(Number(id)) : null;
    if (row) return row;
    throw new Problem(404, `There is no rejected row ${id} here. /api/quarantine names those there are.`, {
      type: 'unknown-rejected-row',
    });
  }

  /** @throws Problem 409 that says why */
  private async refuseUnreleasable({ rule, payload, assetId, symbol }: RejectedBar): Promise<void> {
    if (softCellOf(rule) === null) {
      const doc = RULES.get(rule)?.doc ?? 'It is no rule any more.';
      throw conflict('not-releasable', `A row that breaks ${rule} can't be released, no part of it is usable: ${doc}`);
    }
    if (!payload.isKept)
      throw conflict('payload-forgotten', `Its answer of ${payload.fetchedAt.toISOString()} is past the retention.`);
    if (await this.rejected.isHeldBack(assetId))
      throw conflict(
        'split-pending',
        `A split of ${symbol} is being applied, which holds its loads back. Try again in some minutes.`,
      );
  }
}

const conflict = (type: ProblemKind, detail: string) => new Problem(409, detail, { type });

/** Trading date of the bar; null where none is expected at that time. */
function sessionOf({ exchange, timeframe, time }: RejectedBar): string | null {
  return (time && placeOf(calendarOf(exchange), timeframe, time.getTime())?.session.date) ?? null;
}

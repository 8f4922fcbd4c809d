import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { RevisionReader, type ReplacedVersion } from '../../db/repositories/read/revision-reader.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { isoSeconds } from '../http/time.js';
import type { RevisionPageBody, RevisionsFilter } from './revisions.schema.js';

const Cursor = z.strictObject({ before: z.int() });

/** Versions of bars that were replaced. */
@Injectable()
export class RevisionsService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly reader: RevisionReader,
  ) {}

  /** @throws Problem 404 for an unknown symbol */
  async page({ symbol, timeframe, limit, cursor }: RevisionsFilter): Promise<RevisionPageBody> {
    const sources = symbol === undefined ? undefined : await this.catalog.sourcesOf(await this.catalog.get(symbol));
    const before = cursor === undefined ? undefined : decodeCursor(Cursor, cursor).before;
    const rows = await this.reader.page({
      assetIds: sources?.map(({ id }) => id),
      timeframe,
      before,
      limit: limit + 1,
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const page = rows.slice(0, limit);
    return {
      revisions: await Promise.all(page.map(async (row) => bodyOf(row, await this.catalog.get(row.symbol)))),
      nextCursor: last ? encodeCursor({ before: last.id }) : null,
    };
  }
}

function bodyOf(row: ReplacedVersion, asset: AssetRow): RevisionPageBody['revisions'][number] {
  const { id, provider, timeframe, before, after, payloadId, recordedAt, replacedAt, replacedByPayload } = row;
  const time = isoSeconds(row.time.getTime());
  return {
    id,
    ...headOf(asset),
    source: provider,
    timeframe,
    time,
    before: { ...before, payloadId, recordedAt: recordedAt.toISOString() },
    after: after && { ...after, payloadId: replacedByPayload },
    replacedAt: replacedAt.toISOString(),
    lineage: `/api/lineage/${encodeURIComponent(asset.symbol)}/${timeframe}/${time}?source=${provider}`,
  };
}

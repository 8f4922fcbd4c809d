import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { PROVIDERS } from '../../config/catalog/providers.js';
import {
  AgreementReader,
  type ComparisonFilter,
  type StoredComparison,
} from '../../db/repositories/read/agreement-reader.js';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import { FINDING_KINDS } from '../../domain/agreement/finding.js';
import { findingInWords } from '../../domain/agreement/finding-in-words.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { AssetCatalog } from '../assets/asset-catalog.js';
import { headOf } from '../assets/asset-head.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { isoSeconds } from '../http/time.js';
import type { AgreementBody, AgreementFilter, ComparisonBody, FindingsFilter } from './agreement.schema.js';

const Cursor = z.strictObject({
  session: z.iso.date(),
  assetId: z.int(),
  timeframe: z.enum(STORED_TIMEFRAMES),
  sourceId: z.int(),
  otherId: z.int(),
});

/** How far the sources of assets agree. */
@Injectable()
export class AgreementService {
  constructor(
    private readonly catalog: AssetCatalog,
    private readonly reader: AgreementReader,
  ) {}

  /** Of one asset. @throws Problem 404 for an unknown symbol */
  async ofAsset(symbol: string, { finding, ...filter }: AgreementFilter): Promise<AgreementBody> {
    const { id } = await this.catalog.get(symbol);
    const findings = finding === undefined ? undefined : finding === 'any' ? FINDING_KINDS : [finding];
    return this.page(filter, { assetId: id, findings });
  }

  /** Of all assets, where there is a finding. */
  async findings({ finding, ...filter }: FindingsFilter): Promise<AgreementBody> {
    return this.page(filter, { findings: finding === undefined ? FINDING_KINDS : [finding] });
  }

  private async page(
    { timeframe, source, start, end, limit, cursor }: Omit<AgreementFilter, 'finding'>,
    only: Pick<ComparisonFilter, 'assetId' | 'findings'>,
  ): Promise<AgreementBody> {
    const rows = await this.reader.page({
      ...only,
      ...{ timeframe, sources: source },
      first: start === undefined ? undefined : utcDate(start),
      end: end === undefined ? undefined : utcDate(end),
      after: cursor === undefined ? undefined : decodeCursor(Cursor, cursor),
      limit: limit + 1,
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    // by id: an asset that was renamed a moment ago may still have its former symbol here
    const assets = new Map((await this.catalog.all()).map((asset) => [asset.id, asset]));
    return {
      comparisons: rows.slice(0, limit).flatMap((row) => {
        const asset = assets.get(row.assetId);
        return asset ? [bodyOf(row, asset)] : [];
      }),
      nextCursor: last ? encodeCursor(Cursor.parse(placeOf(last))) : null,
    };
  }
}

const placeOf = ({ session, assetId, timeframe, sourceId, otherId }: StoredComparison) => ({
  ...{ session, assetId, timeframe, sourceId, otherId },
});

function bodyOf(row: StoredComparison, asset: AssetRow): ComparisonBody {
  const { session, timeframe, source, other, bars, onlySource, onlyOther, beyondTick, beyond10bp } = row;
  return {
    ...headOf(asset),
    ...{ session, timeframe, source, other, bars, onlySource, onlyOther, beyondTick, beyond10bp },
    ...{ tick: row.tick, prices: row.prices, volumeRatio: row.volumeRatio, returnCorrelation: row.returnCorrelation },
    finding: findingOf(row),
    comparedAt: row.comparedAt.toISOString(),
  };
}

function findingOf(row: StoredComparison): ComparisonBody['finding'] {
  const { finding: kind, findingFrom, findingTo, findingBars: bars, evidence, source, other } = row;
  if (kind === null || !findingFrom || !findingTo || bars === null || !evidence) return null;
  return {
    kind,
    detail: findingInWords({ kind, evidence }, { source: PROVIDERS[source].name, other: PROVIDERS[other].name }),
    ...{ from: isoSeconds(findingFrom.getTime()), to: isoSeconds(findingTo.getTime()), bars, evidence },
  };
}

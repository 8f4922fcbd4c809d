import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { PROVIDERS } from '../../config/catalog/providers.js';
import { AgreementReader } from '../../db/repositories/read/agreement-reader.js';
import {
  type Comparison,
  comparedAssets,
  compareSession,
  currentComparisons,
} from '../../db/repositories/upkeep/source-agreement.js';
import { inSnapshot } from '../../db/transaction.js';
import { FINDING_KINDS } from '../../domain/agreement/finding.js';
import { findingInWords } from '../../domain/agreement/finding-in-words.js';
import type { Findings } from './findings.js';

/** Findings that are read. */
const LISTED = 1_000;

/**
 * Checks that the stored comparisons of sources are those of the stored bars, each asset in one snapshot.
 * @returns the sessions in which sources disagree, one line each, newest first
 */
export async function checkAgreement(pool: pg.Pool, findings: Findings): Promise<string[]> {
  for (const assetId of await comparedAssets(pool))
    await inSnapshot(pool, async (tx) => {
      for (const { pair, stored } of await currentComparisons(tx, assetId)) {
        const computed = await compareSession(tx, pair);
        if (!computed || isSame(stored, computed)) continue;
        findings.add('source_agreement', `asset ${assetId} ${pair.timeframe} ${pair.session}`);
      }
    });
  const disagreements = await new AgreementReader(pool).page({ findings: FINDING_KINDS, limit: LISTED });
  return disagreements.flatMap(({ symbol, timeframe, session, finding: kind, evidence, source, other }) => {
    const names = { source: PROVIDERS[source].name, other: PROVIDERS[other].name };
    return kind && evidence
      ? [`${symbol} ${timeframe} ${session} ${kind}: ${findingInWords({ kind, evidence }, names)}`]
      : [];
  });
}

const isSame = ({ asOf: _, ...stored }: Comparison, { asOf: __, ...computed }: Comparison): boolean =>
  isDeepStrictEqual({ ...stored }, JSON.parse(JSON.stringify(computed), revived));

/** Instants are dates again. */
const revived = (key: string, value: unknown): unknown =>
  (key === 'findingFrom' || key === 'findingTo') && typeof value === 'string' ? new Date(value) : value;

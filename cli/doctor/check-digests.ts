import type { Digests, GivenFacts } from '../../db/repositories/proof/payload-digests.js';
import type { PayloadRow } from '../../db/repositories/proof/stored-payloads.js';
import type { Findings } from './findings.js';
import { type LoadedPayload, type SeriesFile, titleOf } from './stored-series.js';

/** A transformed payload whose body was pruned, and what is kept of what it gave. */
export interface DigestedPayload {
  row: LoadedPayload;
  gave: GivenFacts;
}

export const digestedPayloads = ({ payloads, digests }: SeriesFile): DigestedPayload[] =>
  payloads.flatMap((row) => {
    const gave = row.isKept ? null : digests.get(row.id)?.gave;
    return gave ? [{ row, gave }] : [];
  });

/** Checks that each body that is gone left a digest, and that the rows of pruned payloads are as they were then. */
export function checkDigests(
  payloadRows: readonly PayloadRow[],
  digests: Digests,
  title: string,
  findings: Findings,
): void {
  const stored = new Set(payloadRows.map(({ id }) => id));
  for (const id of digests.keys())
    if (!stored.has(id)) findings.add('payload_gone', `${title}payload ${id}: has a digest, but is not stored`);
  for (const { id, isKept, rowDigest, batchesDigest } of payloadRows) {
    if (isKept) continue;
    const name = `${title}payload ${id}`;
    const facts = digests.get(id);
    if (facts === undefined) findings.add('body_gone', `${name}: its body is gone, and has no digest`);
    if (!facts) continue;
    if (facts.row !== rowDigest) findings.add('payload_changed', `${name}: differs from its digest`);
    if (facts.batches !== batchesDigest) findings.add('other_batch', `${name}: its batch differs from its digest`);
  }
}

export const checkDigestsOf = (file: SeriesFile, findings: Findings): void =>
  checkDigests(file.payloadRows, file.digests, `${titleOf(file.series)}, `, findings);

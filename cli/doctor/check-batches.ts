import { isDeepStrictEqual } from 'node:util';
import { digestOfRejected, digestsIn } from '../../db/repositories/proof/payload-digests.js';
import type { BatchRow, RejectedRow } from '../../db/repositories/proof/stored-payloads.js';
import { counted } from '../../domain/in-words.js';
import { CODE_VERSION } from '../../domain/transform/transform.js';
import type { DigestedPayload } from './check-digests.js';
import type { DerivedPayload } from './derived-payloads.js';
import type { Findings } from './findings.js';
import { nameOf, type SeriesFile, titleOf } from './stored-series.js';

/**
 * Checks the batches and rejected rows of a series: against their payloads, derived again, and, where the body is gone or
 * another version of the code made them, by their counts.
 */
export class BatchCheck {
  readonly #batches: Map<number, BatchRow[]>;
  readonly #rejected: Map<number, RejectedRow[]>;

  constructor(
    private readonly file: SeriesFile,
    private readonly findings: Findings,
  ) {
    this.#batches = Map.groupBy(file.batches, ({ payloadId }) => payloadId);
    this.#rejected = Map.groupBy(file.rejected, ({ payloadId }) => payloadId);
    this.#checkRows();
  }

  compare({ row: { id }, payload, batch }: DerivedPayload): void {
    const batches = this.#batches.get(id)!;
    const current = batches.find(({ codeVersion }) => codeVersion === CODE_VERSION);
    if (!current) return;
    const wrong = differenceOf(current, batch, payload.released.length > 0);
    if (wrong) this.findings.add('other_batch', `${this.#nameOf(id)}: its batch has other ${wrong}`);
    this.#compareBadRows(id, batch, batches.length === 1);
  }

  /** Compares the rejected rows of a pruned payload; checkDigests compares its batch. */
  compareDigest({ row: { id }, gave }: DigestedPayload): void {
    const given = new Set(digestsIn(gave.rejected));
    const rows = this.#rejected.get(id) ?? [];
    const isOnlyVersion = this.#batches.get(id)!.length === 1;
    for (const row of rows) {
      const isGiven = given.delete(digestOfRejected(row).toString('hex'));
      if (!isGiven && isOnlyVersion && row.state !== 'released')
        this.findings.add('other_rejected', `${this.#nameOf(id)}: row ${row.row} differs from its digest`);
    }
    if (given.size > 0)
      this.findings.add('rejected_gone', `${this.#nameOf(id)}: by its digest it had other rejected rows`, given.size);
  }

  #checkRows(): void {
    const { payloadRows } = this.file;
    const stored = new Set(payloadRows.map(({ id }) => id));
    for (const [id, batches] of this.#batches) {
      const name = this.#nameOf(id);
      if (!stored.has(id)) this.findings.add('payload_gone', `${name}: has a batch, but is not stored`);
      const rejected = (this.#rejected.get(id) ?? []).filter(({ state }) => state !== 'stored');
      const released = rejected.filter(({ state }) => state === 'released').length;
      for (const batch of batches) {
        const wrong = batch.fitsPayload
          ? contradictionIn(batch, released)
          : 'is not of its series, hash or time of fetch';
        if (wrong && stored.has(id)) this.findings.add('other_batch', `${name}: its batch ${wrong}`);
      }
      this.#countRejected(name, batches, rejected.length, released);
    }
    for (const [id, rows] of this.#rejected)
      if (!this.#batches.has(id))
        this.findings.add('other_rejected', `${this.#nameOf(id)}: has rejected rows, but no batch`, rows.length);
    const decided = this.file.rejected.filter(({ isAudited }) => !isAudited);
    for (const row of decided)
      this.findings.add(
        'other_rejected',
        `${this.#nameOf(row.payloadId)}: row ${row.row} is ${row.state}, but no operator decided so`,
      );
  }

  /** At least as many as each batch says, and no more than all of them together. */
  #countRejected(name: string, batches: BatchRow[], stored: number, released: number): void {
    const counts = batches.map(({ rowsRejected }) => rowsRejected);
    const [most, sum] = [Math.max(...counts), counts.reduce((a, b) => a + b)];
    if (stored < most)
      this.findings.add('rejected_gone', `${name}: rejected ${counted(most, 'row')}, and has ${stored}`, most - stored);
    const extra = stored - sum - released;
    if (extra > 0)
      this.findings.add('other_rejected', `${name}: rejected ${counted(sum, 'row')}, and has ${stored}`, extra);
  }

  #compareBadRows(id: number, { rejected, repaired }: DerivedPayload['batch'], isOnlyVersion: boolean): void {
    const derived = [...rejected, ...repaired.map((row) => ({ ...row, isStored: true }))];
    const keyOf = ({ row, rule }: { row: number; rule: string }) => `${row} ${rule}`;
    const stored = new Map((this.#rejected.get(id) ?? []).map((row) => [keyOf(row), row]));
    const { series } = this.file;
    for (const row of derived) {
      const same = stored.get(keyOf(row));
      stored.delete(keyOf(row));
      const where = row.time === null ? `row ${row.row}` : nameOf(series, row.time);
      if (!same) this.findings.add('rejected_gone', `${this.#nameOf(id)}: ${where} broke ${row.rule}`);
      else if (
        same.time !== row.time ||
        (same.state === 'stored') !== 'isStored' in row ||
        !isDeepStrictEqual(same.raw, JSON.parse(JSON.stringify(row.raw)))
      )
        this.findings.add('other_rejected', `${this.#nameOf(id)}: ${where} has other values`);
    }
    if (!isOnlyVersion) return;
    for (const { row, rule, state } of stored.values())
      if (state !== 'released')
        this.findings.add('other_rejected', `${this.#nameOf(id)}: row ${row} does not break ${rule}`);
  }

  readonly #nameOf = (payloadId: number): string => `${titleOf(this.file.series)}, payload ${payloadId}`;
}

/** Every row of a payload is a bar, rejected or ignored; a released row counts as rejected and is a bar as well. */
function contradictionIn(batch: BatchRow, released: number): string | null {
  const { state, inserted, updated, unchanged, times, rowsExtracted, rowsRejected, rowsIgnored } = batch;
  if (state !== 'loaded') return null;
  const bars = inserted! + updated! + unchanged!;
  if (times.length > 0 && bars !== times.length) return `has ${counted(times.length, 'bar')}, and counts ${bars}`;
  const ignored = Object.values(rowsIgnored).reduce((sum, rows) => sum + rows, 0);
  const extra = bars + rowsRejected + ignored - rowsExtracted;
  return extra < 0 || extra > released
    ? `has ${counted(rowsExtracted, 'row')}, and counts ${rowsExtracted + extra}`
    : null;
}

/** What differs, in words; null if nothing does. The bars of a released row may not be loaded yet. */
function differenceOf(stored: BatchRow, derived: DerivedPayload['batch'], isReleased: boolean): string | null {
  const { bars, rowsExtracted, rowsIgnored, beginsAt } = derived;
  if (!isReleased && stored.state === 'loaded' && !isDeepStrictEqual(stored.times, bars.time)) return 'bars';
  if (stored.rowsExtracted !== rowsExtracted) return `rows: ${stored.rowsExtracted}, not ${rowsExtracted}`;
  if (!isDeepStrictEqual(stored.rowsIgnored, rowsIgnored)) return 'ignored rows';
  return stored.beginsAt === beginsAt || isReleased ? null : 'beginning of its series';
}

import { expect, it } from 'vitest';
import fc from 'fast-check';
import { SIGNS } from '../domain/outage.js';
import { addRows } from '../domain/run.js';
import { type Failed, type Ingested, nothingIngested, sum } from './ingested.js';

const ids = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 });
const outcomes: fc.Arbitrary<Ingested[]> = fc.array(
  fc.record({
    counts: fc.nat(9).map((rowsInserted) => ({ ...nothingIngested().counts, rowsInserted })),
    okAssets: ids,
    failedAssets: ids,
    failures: fc.array(fc.record<Failed>({ type: fc.constantFrom('A', 'B', 'C'), message: fc.string() }), {
      maxLength: 3,
    }),
    signs: fc.dictionary(fc.constantFrom(...SIGNS), ids),
    requestsDone: fc.nat(9),
    requestsFailed: fc.nat(9),
  }),
  { maxLength: 8 },
);

/** One outcome after the other, each looked up in all before it. */
function addedOneByOne(a: Ingested, b: Ingested): Ingested {
  const union = <T>(some: readonly T[], others: readonly T[]): T[] => [...new Set([...some, ...others])];
  const failedAssets = union(a.failedAssets, b.failedAssets);
  const failures = [...a.failures];
  for (const failure of b.failures) if (!failures.some(({ type }) => type === failure.type)) failures.push(failure);
  return {
    counts: addRows(a.counts, b.counts),
    okAssets: union(a.okAssets, b.okAssets).filter((id) => !failedAssets.includes(id)),
    failedAssets,
    failures,
    signs: Object.fromEntries(SIGNS.map((sign) => [sign, union(a.signs[sign] ?? [], b.signs[sign] ?? [])])),
    requestsDone: a.requestsDone + b.requestsDone,
    requestsFailed: a.requestsFailed + b.requestsFailed,
  };
}

it('outcomes add up as if added one by one (property)', () => {
  fc.assert(
    fc.property(outcomes, (some) => {
      expect(sum(some)).toEqual(some.reduce(addedOneByOne, addedOneByOne(nothingIngested(), nothingIngested())));
    }),
  );
});

it('the outcomes of 20,000 assets are read once each', () => {
  let reads = 0;
  const outcome = (assetId: number): Ingested => ({
    ...nothingIngested(),
    get okAssets() {
      reads++;
      return [assetId];
    },
  });
  const total = sum(Array.from({ length: 20_000 }, (_, i) => outcome(i)));
  expect(total.okAssets).toHaveLength(20_000);
  expect(reads).toBe(20_000);
});

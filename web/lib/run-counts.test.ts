import { expect, it } from 'vitest';
import { sumRunCounts } from './run-counts';

it('adds up each count over its key, a missing one as 0', () => {
  const sums = sumRunCounts([
    { rowsExtracted: 448, rowsInserted: 7, assetsOk: 7 },
    { rowsExtracted: 2, rowsRejected: 1, assetsOk: 3, assetsFailed: 1 },
  ]);
  expect(sums).toEqual({
    rowsExtracted: 450,
    rowsInserted: 7,
    rowsUpdated: 0,
    rowsUnchanged: 0,
    rowsRejected: 1,
    assetsOk: 10,
    assetsFailed: 1,
  });
});

import { expect, it } from 'vitest';
import type { AssetRow } from '../../db/repositories/read/asset-reader.js';
import type { LatestRow } from '../../db/repositories/read/bar-reader.js';
import { servedLatest } from './latest.service.js';

const sources = [
  { id: 1, provider: 'yahoo', kind: 'equity' },
  { id: 2, provider: 'alpaca', kind: 'equity' },
] as AssetRow[];

const row = (close: number, referenceClose: number, referenceSession: string): LatestRow => ({
  bar: {
    ...{
      time: Date.parse('2026-11-24T15:28Z'),
      session: '2026-11-24',
      open: 100,
      high: 101,
      low: 99,
      close,
      volume: 1,
    },
    ...{ referenceClose, referenceSession },
  },
  quote: null,
});

it.each([
  ['the first source, if both have it', '2026-11-23', 90],
  ['the later source, if the first lacks that session', '2026-11-20', 80],
])('the close of the session before is that of %s', (_, session, close) => {
  const { bar } = servedLatest(sources, [row(100, 90, session), row(100.5, 80, '2026-11-23')]);
  expect(bar).toMatchObject({ source: null, close: 100, referenceClose: close, referenceSession: '2026-11-23' });
});

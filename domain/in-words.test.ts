import { expect, it } from 'vitest';
import { counted } from './in-words.js';

it('a count is followed by one thing or by many', () => {
  expect([0, 1, 2, 1_204].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows', '1,204 rows']);
  expect([1, 2].map((count) => counted(count, 'batch', 'batches'))).toEqual(['1 batch', '2 batches']);
});

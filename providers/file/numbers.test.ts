import { describe, expect, it } from 'vitest';
import { numberFormats, numberReader } from './numbers.js';

describe('the numbers of a file', () => {
  const formats = (prices: string[], volumes: string[] = [], delimiter = ',', isForeign = false) =>
    numberFormats(prices, volumes, { delimiter, isForeign });
  const numbers = (cells: string[], delimiter = ',') => cells.map(numberReader(formats(cells, [], delimiter).price));

  it.each<[string[], (number | null)[]]>([
    [
      ['1234.5', '-', 'n/a', '', '1e3', '$12.50'],
      [1234.5, null, null, null, 1_000, 12.5],
    ],
    [
      ['1,234.50', '1,234'],
      [1234.5, 1_234],
    ],
    [
      ['1,234,567', '1.234'],
      [1_234_567, 1.234],
    ],
    [
      ['1.234,50', '1.234', '10,5', '€ 7'],
      [1234.5, 1_234, 10.5, 7],
    ],
    [
      ['1 234,5', '12 345'],
      [1234.5, 12_345],
    ],
    [
      ["1'234.55", '46.42M', '1.1K', '2B'],
      [1234.55, 46_420_000, 1_100, 2e9],
    ],
    [
      ['10.50', '1,5', '0x10', 'Infinity', 'x'],
      [10.5, NaN, NaN, NaN, NaN],
    ],
    [
      ['0,123', '1,084', '1.234'],
      [0.123, 1.084, 1_234],
    ],
    [
      ['1.234.567', '1.234', '10'],
      [1_234_567, 1_234, 10],
    ],
  ])('%j are %j', (cells, read) => expect(numbers(cells)).toEqual(read));

  it('have a decimal comma where semicolons are between them, and a decimal point elsewhere', () => {
    expect(numbers(['1,084', '1,085'], ';')).toEqual([1.084, 1.085]);
    expect(numbers(['141.023', '141.024'], '\t')).toEqual([141.023, 141.024]);
  });

  it.each([
    ['1,084 beside 1085', formats(['1,084', '1085']), 'the comma in its numbers, such as 1,084, may be'],
    ['1,084 beside 1.085', formats(['1,084', '1.085'], [], ';'), 'the comma in its numbers'],
    ['23.456 between semicolons', formats(['23.456'], [], ';'), 'the point in its numbers, such as 23.456, may be'],
    ['23.456 below names in German', formats(['23.456'], [], '\t', true), 'the point in its numbers'],
    ['10.5 beside 10,5', formats(['10.50', '10,5']), 'such as 10.50 and 10,5, have now a decimal comma, now a'],
    ['10.5 beside 1.234.567', formats(['10.50'], ['1.234.567']), 'such as 1.234.567 and 10.50, have now'],
  ])('are unclear: %s', (_, { price }, doubt) => {
    expect(price).toMatchObject({ mark: null, doubt: expect.stringContaining(doubt) });
  });

  it.each([
    ['their own', ['156.250'], ['0,5'], ',', '.', ','],
    ['the prices', ['10,50'], ['1.234'], ';', ',', ','],
    ['groups of the volumes', ['23.456'], ['1.234.567'], ';', ',', ','],
    ['nothing that is clear', ['156.250'], ['1,000'], ',', '.', null],
    ['nothing between semicolons', ['1.234'], ['1,000'], ';', null, ','],
  ])('may have another mark in volumes than in prices: both by %s', (_, prices, volumes, delimiter, price, volume) => {
    expect(formats(prices, volumes, delimiter)).toMatchObject({ price: { mark: price }, volume: { mark: volume } });
  });
});

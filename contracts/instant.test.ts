import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { INSTANT_KEYWORDS, INSTANT_OR_NUMBER_KEYWORDS, parseInstant } from './instant.js';

describe('parseInstant', () => {
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T14:30:00Z', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20t14:30z', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20T09:30:00-05:00', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20T15:30:00.250+01:00', '2026-11-20T14:30:00.250Z'],
    ['1795185000', '2026-11-20T14:30:00.000Z'],
    ['1795185000.25', '2026-11-20T14:30:00.250Z'],
    ['1795185000.2501234', '2026-11-20T14:30:00.250Z'], // as Python prints time.time()
    ['1795185000250', '2026-11-20T14:30:00.250Z'],
    ['1795185000249.9', '2026-11-20T14:30:00.250Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['-2208988800', '1900-01-01T00:00:00.000Z'],
    ['2026-11-20T15:30:00 01:00', '2026-11-20T14:30:00.000Z'], // a plus sign that was not percent-encoded
  ])('parses %s', (text, iso) => {
    expect(new Date(parseInstant(text)!).toISOString()).toBe(iso);
  });

  it.each([
    '',
    'today',
    '2026-11-20T14:30:00',
    '2026-02-30',
    '2026-13-01',
    '2026',
    '1e9',
    '-99999999999',
    '1795417312 ',
    '2026-11-20T24:00:00Z',
    '2026-11-20T25:00:00Z',
    '20261120',
  ])('rejects %p', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

describe('the keywords of JSON Schema', () => {
  const EPOCHS = [
    ...[0, 2026, 20_261_120, 99_999_999, 100_000_000, 1_795_185_000, 1_795_185_000.25, 99_999_999_999],
    ...[100_000_000_000, 1_795_185_000_249.9, 99_999_999_999_999, 100_000_000_000_000, -1, -2_208_988_800],
    ...[-62_167_219_200, -62_167_219_201, -99_999_999_999, -2_208_988_800_000, -62_167_219_200_001],
  ];

  const isAllowed = new Ajv2020({ formats: { date: true, 'date-time': true } }).compile(INSTANT_OR_NUMBER_KEYWORDS);

  it.each(EPOCHS)('allow the number %d if it is an instant', (epoch) => {
    expect(isAllowed(epoch)).toBe(parseInstant(String(epoch)) !== null);
  });

  it.each(['0', '1795185000.2501234', '-2208988800', '1795185000249.9', '1e9', '2026', '20261120', '1795417312 '])(
    'allow the text "%s" if it is an instant',
    (text) => {
      const [, , epoch] = INSTANT_KEYWORDS.anyOf as { pattern?: string }[];
      expect(new RegExp(epoch!.pattern!).test(text)).toBe(parseInstant(text) !== null);
    },
  );
});

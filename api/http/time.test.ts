import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isoSeconds, parseInstant } from './time.js';

describe('parseInstant', () => {
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T14:30:00Z', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20t14:30z', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20T09:30:00-05:00', '2026-11-20T14:30:00.000Z'],
    ['2026-11-20T15:30:00.250+01:00', '2026-11-20T14:30:00.250Z'],
    ['1795185000', '2026-11-20T14:30:00.000Z'],
    ['1795185000.25', '2026-11-20T14:30:00.250Z'],
    ['1795185000250', '2026-11-20T14:30:00.250Z'],
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

describe('isoSeconds', () => {
  it('writes what Date writes, without the milliseconds', () => {
    const instants = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(instants, (ms) => {
        expect(isoSeconds(ms)).toBe(`${new Date(ms).toISOString().slice(0, 19)}Z`);
      }),
    );
  });
});

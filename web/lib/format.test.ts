import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatCompact,
  formatCount,
  formatCountdown,
  formatDuration,
  formatPercent,
  formatPrice,
  formatSigned,
  formatVolume,
  priceDigits,
} from './format';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** With plain spaces, for readability. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  it('show stocks in cents and small coins with as many decimals as they need', () => {
    expect([priceDigits(612.35, 'equity'), priceDigits(0.42, 'equity')]).toEqual([2, 4]);
    expect([94_018, 2.25, 0.0123].map((price) => priceDigits(price, 'coin'))).toEqual([2, 4, 6]);
    expect([1.08423, 151.204].map((price) => priceDigits(price, 'currency'))).toEqual([5, 3]);
    expect(formatPrice(94_018.2, 2)).toBe('94,018.20');
  });

  it('show four significant digits of a tiny price', () => {
    const shown = (price: number, kind: 'equity' | 'coin') => formatPrice(price, priceDigits(price, kind));
    expect([4.2e-8, 0.0000042, 0.00012345].map((price) => shown(price, 'coin'))).toEqual([
      '0.00000004200',
      '0.000004200',
      '0.0001235',
    ]);
    expect([0.42, 0.00042].map((price) => shown(price, 'equity'))).toEqual(['0.4200', '0.0004200']);
    expect([priceDigits(0, 'coin'), priceDigits(1e-30, 'coin')]).toEqual([6, 20]);
  });

  it('carry a sign unless they round to zero', () => {
    expect([1.2, -0.35, 0.001, -0.001, 0].map((value) => formatSigned(value, 2))).toEqual([
      '+1.20',
      '−0.35',
      '0.00',
      '0.00',
      '0.00',
    ]);
    expect(formatPercent(-4.196)).toBe('−4.20%');
  });

  it('are grouped or abbreviated', () => {
    expect(formatCount(100_194)).toBe('100,194');
    expect([950, 48_211, 1_260_000].map(formatCompact)).toEqual(['950', '48.2K', '1.3M']);
    expect([0.0123, 271.97562].map(formatCompact)).toEqual(['0.012', '272']);
  });

  it('are volumes with the digits of their coins', () => {
    const volumes = [1_204_331, 271.97561999000004, 0.012345678, 123_456_789.254, 0];
    expect(volumes.map(formatVolume)).toEqual(['1,204,331', '271.97562', '0.012345678', '123,456,789.25', '0']);
  });
});

describe('spans', () => {
  it('count down to the second, with days if they are long', () => {
    const spans = [
      -5,
      999,
      42 * SECOND,
      5 * MINUTE + 9 * SECOND,
      HOUR + 5 * MINUTE + 9 * SECOND,
      51 * HOUR + 15 * MINUTE,
    ];
    expect(spans.map((ms) => plain(formatCountdown(ms)))).toEqual([
      '0:00',
      '0:00',
      '0:42',
      '5:09',
      '1:05:09',
      '2 d 03:15',
    ]);
  });

  it('show an age in its largest unit', () => {
    const spans = [-5, 59 * SECOND, 60 * SECOND, 59 * MINUTE, 47 * HOUR, 48 * HOUR];
    expect(spans.map((ms) => plain(formatAge(ms)))).toEqual(['0 s', '59 s', '1 min', '59 min', '47 h', '2 d']);
  });

  it('show a duration in the precision that fits its length', () => {
    const spans = [85, 2_140, 3 * MINUTE + 59 * SECOND];
    expect(spans.map((ms) => plain(formatDuration(ms)))).toEqual(['85 ms', '2.1 s', '3 min 59 s']);
  });
});

import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { distinctSplits, exDatesOf } from './split-identity.js';

const split = (session: string, numerator = 1, denominator = 50) => ({ session, numerator, denominator });

describe('exDatesOf', () => {
  it('takes the same ratio within ten days as one split, on the later date', () => {
    expect(exDatesOf([split('2026-11-20'), split('2026-11-24')])).toEqual(['2026-11-24', '2026-11-24']);
  });

  it('compares ratios, not their terms', () => {
    expect(exDatesOf([split('2026-11-20', 2, 100), split('2026-11-24', 1, 50)])).toEqual(['2026-11-24', '2026-11-24']);
  });

  it.each([
    ['another ratio', split('2026-11-20', 1, 50), split('2026-11-24', 1, 40)],
    ['the reverse ratio', split('2026-11-20', 1, 50), split('2026-11-24', 50, 1)],
    ['eleven days', split('2026-11-10'), split('2026-11-21')],
  ])('keeps apart %s', (_what, a, b) => {
    expect(exDatesOf([a, b])).toEqual([a.session, b.session]);
  });

  it('follows a chain to its last date', () => {
    const chain = [split('2026-11-02'), split('2026-11-10'), split('2026-11-18'), split('2026-12-18')];
    expect(exDatesOf(chain)).toEqual(['2026-11-18', '2026-11-18', '2026-11-18', '2026-12-18']);
    expect(distinctSplits(chain)).toEqual([chain[2], chain[3]]);
  });

  it('does not depend on the order of the announcements', () => {
    const dates = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(dates, fc.func(fc.constantFrom(2, 3)), fc.nat(), (days, ratioOf, turn) => {
        const splits = days.map((day) =>
          split(new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10), ratioOf(day)),
        );
        const sessions = (list: typeof splits) =>
          distinctSplits(list)
            .map(({ session, numerator }) => `${session} ${numerator}`)
            .sort();
        const at = turn % splits.length;
        const turned = [...splits.slice(at), ...splits.slice(0, at)].reverse();
        expect(sessions(turned)).toEqual(sessions(splits));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { earliestOf, fromLocal, latestOf, toLocal } from './as-of';

const at = (text: string) => Date.parse(`${text}Z`);

describe('the slider of past states', () => {
  const latest = latestOf(at('2026-11-28T22:40:30'));

  it('ends a minute ago, as the API accepts no later instant', () => {
    expect(latest).toBe(at('2026-11-28T22:39'));
  });

  it('begins with the store, or a day ago while that is unknown, and is never empty', () => {
    expect(earliestOf('2026-11-01T08:30:59Z', latest)).toBe(at('2026-11-01T08:30'));
    expect(earliestOf(null, latest)).toBe(at('2026-11-27T22:39'));
    expect(earliestOf('2026-11-28T22:39:59Z', latest)).toBe(at('2026-11-28T22:38'));
  });

  it('shares its value with the field, in UTC', () => {
    expect(toLocal(latest)).toBe('2026-11-28T22:39');
    expect([fromLocal(toLocal(latest)), fromLocal('')]).toEqual([latest, null]);
  });
});

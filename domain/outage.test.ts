import { describe, expect, it } from '@jest/globals';
import { isNullSession, sharedSymptom } from './outage.js';

describe('a shared symptom', () => {
  it('is one that two thirds of at least three assets show', () => {
    expect(sharedSymptom(3, { SchemaDrift: [1, 2] })).toBe('SchemaDrift');
    expect(sharedSymptom(7, { RateLimited: [1, 2, 3, 4] })).toBeNull();
    expect(sharedSymptom(7, { RateLimited: [1, 2, 3, 4, 5] })).toBe('RateLimited');
  });
  it('is never found with fewer than three requested assets', () => {
    expect(sharedSymptom(2, { null_session: [1, 2] })).toBeNull();
  });
});

describe('a null session', () => {
  const row = (answered: string, filled: string) => ({ answered, filled });
  it('is a payload that is less than half filled', () => {
    expect(isNullSession([row('11111100', '11000000')])).toBe(true);
    expect(isNullSession([row('11111100', '11100000')])).toBe(false);
    expect(isNullSession([row('111', '000'), row('111', '110')])).toBe(true);
  });
  it('is never found with fewer than five slots', () => {
    expect(isNullSession([row('1111', '0000')])).toBe(false);
    expect(isNullSession([])).toBe(false);
  });
});

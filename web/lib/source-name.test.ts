import { describe, expect, it } from 'vitest';
import { sourceName } from './source-name';

describe('the name of a source', () => {
  it('says that its prices are simulated, and nothing before that is known', () => {
    expect(sourceName('Yahoo Finance', true)).toBe('Yahoo Finance (simulated)');
    expect(sourceName('Yahoo Finance', false)).toBe('Yahoo Finance');
    expect(sourceName('Yahoo Finance', null)).toBe('Yahoo Finance');
  });
});

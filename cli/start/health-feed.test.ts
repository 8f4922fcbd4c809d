import { describe, expect, it } from 'vitest';
import { HealthLines } from './health-feed.js';

const ok = { name: 'database', status: 'ok' as const, detail: 'available' };
const failed = { name: 'database', status: 'failed' as const, detail: 'read-only, so no bars can be stored' };

describe('the health feed', () => {
  it('shows what fails twice in a row, once, and when it recovers', () => {
    const lines = new HealthLines({ colour: (_name, text) => text });
    expect([ok, failed, failed, failed, ok, ok].flatMap((check) => lines.of([check]))).toEqual([
      'Not ready: database: read-only, so no bars can be stored',
      'Recovered: database',
    ]);
  });

  it('shows a warning', () => {
    const lines = new HealthLines({ colour: (_name, text) => text });
    const warning = { name: 'assets', status: 'warning' as const, detail: 'ABC: unknown exchange XNAS' };
    expect([warning, warning].flatMap((check) => lines.of([check]))).toEqual([
      'Warning: assets: ABC: unknown exchange XNAS',
    ]);
  });

  it('does not show what fails for a moment', () => {
    const lines = new HealthLines({ colour: (_name, text) => text });
    expect([ok, failed, ok].flatMap((check) => lines.of([check]))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { asMarkdown, asTable, formatNumber, type Result } from './report.js';

const result: Result = {
  benchmark: { name: 'load', description: 'Loads bars.', measure: () => Promise.resolve([]) },
  figures: [{ name: 'fresh', value: 123_456.7, unit: 'rows/s', note: '50 % of the peer', min: 99_999, max: 200_000 }],
  runs: 3,
  load: 0.1,
};

describe('numbers', () => {
  it('have three significant digits if small, and separated thousands if large', () => {
    expect([0.012_345, 8.4711, 64.66, 123_456.7].map(formatNumber)).toEqual(['0.0123', '8.47', '64.7', '123,457']);
  });
});

describe('the table', () => {
  it('has one row per figure, with the command that measures it', () => {
    const [head, row] = asTable([result]).split('\n');
    expect(head).toMatch(/^command +figure +value +unit/);
    expect(row).toMatch(/^npm run bench -- --only load  fresh +123,457  rows\/s/);
    expect(row).toContain('99,999 … 200,000  50 % of the peer');
  });
});

describe('the report', () => {
  it('shows how the figures were measured, on which machine, and how busy it was', () => {
    const text = asMarkdown([result, { ...result, load: 2.5 }], '2 cores · Node 24', '2026-01-02');
    expect(text).toContain('on 2026-01-02. 2 cores · Node 24.');
    expect(text).toContain('`npm run bench -- --only load --runs 3`, medians; the machine was otherwise idle.');
    expect(text).toContain('busy (load 2.5 at the start)');
    expect(text).toContain('| fresh | 123,457 | rows/s | 99,999 … 200,000 | 50 % of the peer |');
    expect(text.endsWith('|\n')).toBe(true);
  });
});

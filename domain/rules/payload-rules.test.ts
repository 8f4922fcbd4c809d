import { describe, expect, it } from 'vitest';
import { CELL_RULES, PAYLOAD_RULES, PLACE_RULES, ROW_RULES, RULES } from './payload-rules.js';

describe('the table of rules', () => {
  it('has each rule once, with a description', () => {
    const named = Object.keys({ ...CELL_RULES, ...PLACE_RULES });
    expect(RULES.size).toBe(PAYLOAD_RULES.length + ROW_RULES.length + named.length);
    for (const [id, rule] of RULES) {
      expect(id).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(rule.doc).toMatch(/\.\)?$/);
    }
  });

  it('keys rules about cells and places by their id', () => {
    for (const [key, rule] of Object.entries({ ...CELL_RULES, ...PLACE_RULES })) expect(rule.id).toBe(key);
  });

  it.each([
    ['null_cell', [1, null, 1, 1, 0], true],
    ['null_cell', [1, 1, 1, 1, null], false],
    ['not_positive', [1, 1, 0, 1, 0], true],
    ['not_positive', [1e-9, 1e9, 1e-9, 1, 0], false],
    ['ohlc_order', [2, 3, 1, 2, 0], false],
    ['ohlc_order', [2, 2, 2, 2, 0], false],
    ['ohlc_order', [2, 3, 1, 3.5, 0], true],
    ['ohlc_order', [0.5, 3, 1, 2, 0], true],
    ['bad_volume', [1, 1, 1, 1, null], false],
    ['bad_volume', [1, 1, 1, 1, 0], false],
    ['bad_volume', [1, 1, 1, 1, -0.5], true],
  ] as [string, [number, number, number, number, number | null], boolean][])('%s of %j is %p', (id, cells, broken) => {
    expect(ROW_RULES.find((rule) => rule.id === id)!.broken(...cells)).toBe(broken);
  });
});

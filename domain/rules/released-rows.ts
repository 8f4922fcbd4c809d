import type { RawBars } from '../transform/raw-bars.js';
import { softCellOf } from './bar-rules.js';

/** A rejected row of a payload that an operator has released. */
export interface ReleasedRow {
  /** Index of the row in the payload. */
  row: number;
  /** Id of the rule that it broke. */
  rule: string;
}

/** The rows of a payload, with the wrong cell of each released row set to null (unknown), so that it passes the rule. */
export function withReleased(raw: RawBars, released: readonly ReleasedRow[]): RawBars {
  const columns = { ...raw };
  for (const { row, rule } of released) {
    const cell = softCellOf(rule);
    if (cell && row < raw.time.length) columns[cell] = columns[cell].with(row, null);
  }
  return columns;
}

import type { RawBars } from '../transform/raw-bars.js';
import { softCellOf } from './bar-rules.js';

/** A rejected row of one answer that an operator has released. */
export interface ReleasedRow {
  /** Position in the answer. */
  row: number;
  /** Id of the rule that it breaks. */
  rule: string;
}

/** The rows of an answer, the released ones without the cell that is wrong: unknown, so that they break the rule no more. */
export function withReleased(raw: RawBars, released: readonly ReleasedRow[]): RawBars {
  const columns = { ...raw };
  for (const { row, rule } of released) {
    const cell = softCellOf(rule);
    if (cell && row < raw.time.length) columns[cell] = columns[cell].with(row, null);
  }
  return columns;
}

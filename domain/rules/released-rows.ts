import type { RawBars } from '../transform/raw-bars.js';
import { type Cell, CELL_RULES, ROW_RULES } from './payload-rules.js';

/** A rejected row of a payload that an operator has released. */
export interface ReleasedRow {
  /** Index of the row in the payload. */
  row: number;
  /** Id of the rule that it broke. */
  rule: string;
}

export type Cells = Record<'open' | 'high' | 'low' | 'close' | 'volume', Cell>;

/** The cells that others can stand in for. */
export const STAND_IN_CELLS = ['open', 'high', 'low', 'volume'] as const;
export type StandInCell = (typeof STAND_IN_CELLS)[number];

/** The cells that may be the wrong one if a rule is broken. */
const SUSPECTS: Readonly<Record<string, readonly StandInCell[]>> = {
  bad_volume: ['volume'],
  null_cell: ['high', 'low'],
  not_positive: ['open', 'high', 'low'],
  unknown_open: ['open'],
};

/**
 * The one cell whose value makes a row break a rule, with its stand-in: an unknown volume is null, an unknown open is
 * the close, an unknown high or low the higher or lower one of open and close. Null if several cells are wrong, or the close, or if the rule is about something
 * else: such a row cannot be released.
 */
export function standInOf(rule: string, cells: Cells): { cell: StandInCell; value: Cell } | null {
  const { high, low, close } = cells;
  const open = CELL_RULES.unknown_open.broken(cells.open, high, low, close) ? close : cells.open;
  const standIns = {
    volume: null,
    open: close,
    high: open === null || close === null ? null : Math.max(open, close),
    low: open === null || close === null ? null : Math.min(open, close),
  };
  const cell = SUSPECTS[rule]?.find((suspect) => isValid({ ...cells, open, [suspect]: standIns[suspect] }));
  return cell ? { cell, value: standIns[cell] } : null;
}

const isValid = ({ open, high, low, close, volume }: Cells): boolean =>
  !ROW_RULES.some((rule) => rule.broken(open, high, low, close, volume));

/** The rows of a payload, with the wrong cell of each released row replaced by its stand-in, so that it passes the rules. */
export function withReleased(raw: RawBars, released: readonly ReleasedRow[]): RawBars {
  const columns = { ...raw };
  for (const { row, rule } of released) {
    if (row >= raw.time.length) continue;
    const { open, high, low, close, volume } = raw;
    const standIn = standInOf(rule, {
      open: open[row]!,
      high: high[row]!,
      low: low[row]!,
      close: close[row]!,
      volume: volume[row]!,
    });
    if (standIn) columns[standIn.cell] = columns[standIn.cell].with(row, standIn.value);
  }
  return columns;
}

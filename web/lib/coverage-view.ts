import type { CoverageMatrix } from './api/types';
import { counted, formatCount } from './format';

/** Expected bars, by state. */
export interface Counts {
  expected: number;
  filled: number;
  empty: number;
  pending: number;
  unobtainable: number;
}

/** What a cell of the heat map shows: the worst state in it; `none` if the market has no session. */
export type CellKind = 'none' | 'before' | 'not_due' | 'filled' | 'empty' | 'pending' | 'unobtainable';

export const CELL_NAMES = {
  filled: 'filled',
  empty: 'confirmed empty',
  pending: 'pending',
  unobtainable: 'unobtainable',
  not_due: 'not due yet',
  none: 'no session',
  before: 'before its first bar',
} as const satisfies Record<CellKind, string>;

/** The states of an expected bar, best first. */
export const BAR_STATES = ['filled', 'empty', 'pending', 'unobtainable'] as const;
export type BarState = (typeof BAR_STATES)[number];

type Row = CoverageMatrix['assets'][number];

/** @returns null if the series has no session on that date, or begins later */
export function countsAt(row: Row, column: number): Counts | null {
  const expected = row.expected[column] ?? null;
  if (expected === null) return null;
  const at = (state: BarState) => row[state][column] ?? 0;
  return {
    expected,
    filled: at('filled'),
    empty: at('empty'),
    pending: at('pending'),
    unobtainable: at('unobtainable'),
  };
}

/**
 * @param date of a cell
 * @param firstBar open of the series' first bar; null if it has none yet
 */
export const isBeforeFirstBar = (date: string, firstBar: string | null): boolean =>
  firstBar === null || date < firstBar.slice(0, date.length);

/** @param isBefore the series begins later */
export function kindOf(counts: Counts | null, isBefore = false): CellKind {
  if (counts === null) return isBefore ? 'before' : 'none';
  if (counts.expected === 0) return 'not_due';
  if (counts.pending > 0) return 'pending';
  if (counts.unobtainable > 0) return 'unobtainable';
  return counts.empty > 0 ? 'empty' : 'filled';
}

/** In words: "390 bars expected: 387 filled, 3 pending". */
export function describeCounts(counts: Counts | null, isBefore = false): string {
  if (counts === null) return CELL_NAMES[kindOf(counts, isBefore)];
  if (counts.expected === 0) return CELL_NAMES.not_due;
  const parts = BAR_STATES.filter((state) => counts[state] > 0);
  return `${barsOf(counts.expected)} expected: ${parts.map((state) => `${formatCount(counts[state])} ${CELL_NAMES[state]}`).join(', ')}`;
}

export const barsOf = (count: number): string => counted(count, 'bar');

/** The sum of all columns of an asset. */
export function sumOf(row: Row): Counts {
  const sum = (name: keyof Counts) => row[name].reduce<number>((all, count) => all + (count ?? 0), 0);
  return {
    expected: sum('expected'),
    filled: sum('filled'),
    empty: sum('empty'),
    pending: sum('pending'),
    unobtainable: sum('unobtainable'),
  };
}

/** The share of bars that are filled or confirmed empty, in percent, rounded down so that 100% means all. Null if none is expected. */
export function completeness({ expected, filled, empty }: Counts): string | null {
  if (expected === 0) return null;
  const share = ((filled + empty) / expected) * 100;
  if (filled + empty === expected) return '100%';
  return `${(Math.floor(share * 100) / 100).toFixed(2)}%`;
}

/** Expected bars without a state: the proof holds if there are none. */
export const unaccounted = ({ expected, filled, empty, pending, unobtainable }: Counts): number =>
  expected - filled - empty - pending - unobtainable;

/** Why bars are missing, by the API's name for the reason. */
const REASONS: Record<string, string> = {
  not_asked: 'not requested yet',
  null_at_provider: 'not sent by the provider; not confirmed yet',
  rejected: 'rejected: their rows broke a rule',
  lost: 'previously stored, but deleted outside the pipeline',
  corrupt: 'the provider keeps sending the same invalid values',
  out_of_reach: 'older than the provider’s history',
};

export const reasonText = (reason: string): string => REASONS[reason] ?? reason;

/** A cell of the heat map. */
export interface Place {
  row: number;
  column: number;
}

/** The cell that a key moves to, as in any ARIA grid; null for other keys. */
export function stepOf(
  key: string,
  { row, column }: Place,
  { rows, columns }: { rows: number; columns: number },
  ctrl: boolean,
): Place | null {
  const to = (nextRow: number, nextColumn: number): Place => ({
    row: Math.max(0, Math.min(rows - 1, nextRow)),
    column: Math.max(0, Math.min(columns - 1, nextColumn)),
  });
  switch (key) {
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowDown':
      return to(row + 1, column);
    case 'Home':
      return to(ctrl ? 0 : row, 0);
    case 'End':
      return to(ctrl ? rows - 1 : row, columns - 1);
    case 'PageUp':
      return to(0, column);
    case 'PageDown':
      return to(rows - 1, column);
    default:
      return null;
  }
}

const DAY_MS = 86_400_000;

/** The date after a date, YYYY-MM-DD. */
export const dayAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

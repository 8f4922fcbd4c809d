import type { CoverageMatrix } from './api/types';
import { formatCount } from './format';

/** Bars that are expected, by what became of them. */
export interface Counts {
  expected: number;
  filled: number;
  empty: number;
  pending: number;
  unobtainable: number;
}

/** What a cell of the heat map shows: the worst that there is in it; `none` where the market has no session. */
export type CellKind = 'none' | 'not_due' | 'filled' | 'empty' | 'pending' | 'unobtainable';

export const CELL_NAMES = {
  filled: 'filled',
  empty: 'confirmed empty',
  pending: 'pending',
  unobtainable: 'unobtainable',
  not_due: 'not due yet',
  none: 'no session',
} as const satisfies Record<CellKind, string>;

/** The states of a bar that is expected, best first. */
export const BAR_STATES = ['filled', 'empty', 'pending', 'unobtainable'] as const;
export type BarState = (typeof BAR_STATES)[number];

type Row = CoverageMatrix['assets'][number];

/** @returns null where the asset has no session on that date */
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

export function kindOf(counts: Counts | null): CellKind {
  if (counts === null) return 'none';
  if (counts.expected === 0) return 'not_due';
  if (counts.pending > 0) return 'pending';
  if (counts.unobtainable > 0) return 'unobtainable';
  return counts.empty > 0 ? 'empty' : 'filled';
}

/** In words: "390 bars expected: 387 filled, 3 pending". */
export function describeCounts(counts: Counts | null): string {
  if (counts === null) return CELL_NAMES.none;
  if (counts.expected === 0) return CELL_NAMES.not_due;
  const parts = BAR_STATES.filter((state) => counts[state] > 0);
  return `${barsOf(counts.expected)} expected: ${parts.map((state) => `${formatCount(counts[state])} ${CELL_NAMES[state]}`).join(', ')}`;
}

export const barsOf = (count: number): string => `${formatCount(count)} ${count === 1 ? 'bar' : 'bars'}`;

/** All columns of an asset together. */
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

/** How much is accounted for for good, in percent: rounded down, so that 100 % means all. Null where nothing is expected. */
export function completeness({ expected, filled, empty }: Counts): string | null {
  if (expected === 0) return null;
  const share = ((filled + empty) / expected) * 100;
  if (filled + empty === expected) return '100%';
  return `${(Math.floor(share * 100) / 100).toFixed(2)}%`;
}

/** Expected bars that are in no state: the proof holds where it is 0. */
export const unaccounted = ({ expected, filled, empty, pending, unobtainable }: Counts): number =>
  expected - filled - empty - pending - unobtainable;

/** Why bars are missing, as the API names it. */
const REASONS: Record<string, string> = {
  not_asked: 'no answer has told of them yet',
  null_at_provider: 'the provider answers without them; not confirmed yet',
  rejected: 'their rows broke a rule',
  lost: 'they were stored, and are gone by other means than a load',
  corrupt: 'the same broken values keep coming',
  out_of_reach: 'older than the provider answers for',
};

export const reasonText = (reason: string): string => REASONS[reason] ?? reason;

/** A place in the heat map. */
export interface Place {
  row: number;
  column: number;
}

/** Where a key leads from a cell, as in every grid; null for keys that lead nowhere. */
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

import { counted } from '../../domain/in-words.js';
import type { Terminal } from '../lib/terminal.js';

/** From the best to the worst. `unknown`: it could not be checked, because something is not running or is out of sight. */
const STATUSES = ['ok', 'unknown', 'warning', 'error'] as const;
export type Status = (typeof STATUSES)[number];

/** What one check has found, in one line. */
export interface Check {
  /** Stays the same from version to version, such as `disk`, or `provider yahoo`. */
  name: string;
  status: Status;
  /** What was found. */
  detail: string;
  /** What to do about it; null if nothing is to be done. */
  advice: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, advice: null });
export const unknown = (name: string, detail: string): Check => ({ name, status: 'unknown', detail, advice: null });
export const warning = (name: string, detail: string, advice: string): Check => ({
  ...{ name, status: 'warning', detail, advice },
});
export const error = (name: string, detail: string, advice: string): Check => ({
  ...{ name, status: 'error', detail, advice },
});

/** The worst of all; `ok` if there are none. */
export const worstOf = (checks: readonly Check[]): Status =>
  STATUSES[Math.max(0, ...checks.map(({ status }) => STATUSES.indexOf(status)))]!;

const COLOURS = { ok: 'green', unknown: 'dim', warning: 'yellow', error: 'red' } as const;
const STATUS_WIDTH = Math.max(...STATUSES.map(({ length }) => length));

/** A line per check, below it what to do, and the sum. */
export function linesOf(checks: readonly Check[], terminal: Pick<Terminal, 'colour'>): string[] {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(STATUS_WIDTH + nameWidth + 4);
  const lines = checks.flatMap(({ name, status, detail, advice }) => [
    `${terminal.colour(COLOURS[status], status.padEnd(STATUS_WIDTH))}  ${name.padEnd(nameWidth)}  ${detail}`,
    ...(advice === null ? [] : [`${indent}→ ${advice}`]),
  ]);
  return [...lines, sumOf(checks)];
}

/** Such as "1 error, 2 warnings, 15 ok". */
function sumOf(checks: readonly Check[]): string {
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  const [errors, warnings, unknowns] = [count('error'), count('warning'), count('unknown')];
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(unknowns > 0 ? [`${unknowns} not checked`] : []),
    `${count('ok')} ok`,
  ].join(', ');
}

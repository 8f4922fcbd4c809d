import type { Difference, ShadowValues } from '../../db/repositories/upkeep/shadow-bars.js';
import { counted } from '../../domain/in-words.js';
import type { Rebuilt } from './rebuild-series.js';

/** Lines of a list that are shown without --all. */
const SHOWN_LINES = 20;

/** The result for one series, as lines. @param all shows every line of each list */
export function rebuildReport(
  title: string,
  { payloads, bars, differences, unreadable, pruned }: Rebuilt,
  all: boolean,
): string[] {
  const verdict = differences.length === 0 ? 'no differences' : counted(differences.length, 'difference').toUpperCase();
  const lines = [
    `${title}: ${counted(bars, 'bar')} rebuilt from ${counted(payloads, 'payload')}, ${verdict}`,
    ...list(differences.map(describeDifference), all),
  ];
  if (unreadable.length > 0)
    lines.push(`  ${counted(unreadable.length, 'payload')} can no longer be parsed:`, ...list(unreadable, all));
  if (pruned.length > 0) {
    const lost = pruned.reduce((sum, session) => sum + session.bars, 0);
    lines.push(
      `  ${counted(lost, 'bar')} cannot be rebuilt, because their payloads are past the retention period:`,
      ...list(
        pruned.map((session) => `${session.session} ${counted(session.bars, 'bar')}`),
        all,
      ),
    );
  }
  return lines;
}

function list(lines: string[], all: boolean): string[] {
  const shown = all ? lines : lines.slice(0, SHOWN_LINES);
  const hidden = lines.length - shown.length;
  return [
    ...shown.map((line) => `    ${line}`),
    ...(hidden > 0 ? [`    … and ${hidden.toLocaleString('en')} more (use --all to see them)`] : []),
  ];
}

const describeDifference = ({ time, stored, rebuilt }: Difference): string =>
  `${new Date(time).toISOString().slice(0, 16)}Z  stored ${valuesOf(stored)}  rebuilt ${valuesOf(rebuilt)}`;

/** Open, high, low, close, volume. */
function valuesOf(values: ShadowValues | null): string {
  if (!values) return 'nothing';
  const [, ...columns] = values;
  return columns.map((value) => value ?? '–').join(' ');
}

import { BAR_FAULTS, type Finding } from './compare-bars.js';
import { isGood, type Outcome } from './run-scenario.js';

const KINDS = [...BAR_FAULTS, 'runs', 'exits'] as const;
const EXAMPLES = 5;

const seconds = (value: number | null): string => (value === null ? '–' : value.toFixed(1));

const resultOf = (outcome: Outcome): string => (outcome.skipped ? 'skipped' : isGood(outcome) ? 'ok' : 'RED');

/** Such as `  ok: recovered in 3.1 s (promised: 15 s), all right after 8.2 s, live data at most 75 s stale`. */
export const asLine = (outcome: Outcome): string =>
  `  ${resultOf(outcome)}: recovered in ${seconds(outcome.recoveryS)} s (promised: ${outcome.promiseS} s), ` +
  `all right after ${seconds(outcome.settledS)} s, live data at most ${outcome.stalestS.toFixed(0)} s stale`;

/** One row a scenario, in Markdown. */
export function asTable(outcomes: readonly Outcome[]): string {
  const head = ['fault', 'result', 'recovered (s)', 'promised (s)', 'ratio', 'all right (s)', 'stalest (s)', ...KINDS];
  const rows = outcomes.map((outcome) => [
    outcome.name,
    resultOf(outcome),
    seconds(outcome.recoveryS),
    String(outcome.promiseS),
    outcome.recoveryS === null ? '–' : (outcome.recoveryS / outcome.promiseS).toFixed(2),
    seconds(outcome.settledS),
    outcome.stalestS.toFixed(0),
    ...KINDS.map((kind) => String(outcome.findings.filter((finding) => finding.kind === kind).length)),
  ]);
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What is wrong, some of each kind, as lines. */
export function describeFindings(findings: readonly Finding[]): string[] {
  return KINDS.flatMap((kind) => {
    const own = findings.filter((finding) => finding.kind === kind);
    const shown = own.slice(0, EXAMPLES).map(({ what }) => `    ${kind}: ${what}`);
    return own.length > EXAMPLES ? [...shown, `    ${kind}: … and ${own.length - EXAMPLES} more`] : shown;
  });
}

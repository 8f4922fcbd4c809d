import type { Benchmark } from './benchmark.js';
import type { Summary } from './measure.js';

/** A benchmark with its results. */
export interface Result {
  benchmark: Benchmark;
  figures: Summary[];
  runs: number;
  /** Load average before the start: how busy the machine was otherwise. */
  load: number;
}

const HEAD = ['command', 'figure', 'value', 'unit', 'min … max', 'note'];
/** Right-aligned columns. */
const NUMERIC = new Set(['value', 'min … max'].map((title) => HEAD.indexOf(title)));

/** The command that runs a benchmark. */
const commandOf = ({ name }: Pick<Benchmark, 'name'>): string => `npm run bench -- --only ${name}`;

/** Three significant digits, or from 100 on a whole number with separated thousands: 0.0123, 8.47, 123,457. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

const rowsOf = ({ benchmark, figures }: Result): string[][] =>
  figures.map(({ name, value, unit, min, max, note }) => [
    commandOf(benchmark),
    name,
    formatNumber(value),
    unit,
    `${formatNumber(min)} … ${formatNumber(max)}`,
    note ?? '',
  ]);

/** For the terminal. */
export function asTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.flatMap(rowsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const cell = (text: string, column: number) =>
    NUMERIC.has(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

function sectionOf(result: Result): string {
  const { benchmark, runs, load } = result;
  const rows = rowsOf(result).map((row) => `| ${row.slice(1).join(' | ')} |`);
  return [
    `## ${benchmark.name}`,
    benchmark.description,
    `\`${commandOf(benchmark)} --runs ${runs}\`, medians; the machine was otherwise ${describeLoad(load)}.`,
    [`| ${HEAD.slice(1).join(' | ')} |`, '|---|---:|---|---:|---|', ...rows].join('\n'),
  ].join('\n\n');
}

/** Below this load average the machine counts as idle. */
const IDLE_LOAD = 0.3;
const describeLoad = (load: number): string =>
  load < IDLE_LOAD ? 'idle' : `busy (load ${load.toFixed(1)} at the start)`;

/** For bench/RESULTS.md. */
export const asMarkdown = (results: readonly Result[], machine: string, date: string): string =>
  ['# Benchmark results', `Written by \`npm run bench\` on ${date}. ${machine}.`, ...results.map(sectionOf), '']
    .join('\n\n')
    .trimEnd() + '\n';

import type { Benchmark } from './benchmark.js';
import type { Summary } from './measure.js';

/** A benchmark with what it came to. */
export interface Result {
  benchmark: Benchmark;
  figures: Summary[];
  runs: number;
  /** Busy cores before it began: what else the machine did. */
  load: number;
}

const HEAD = ['command', 'figure', 'value', 'unit', 'least … most', 'note'];
/** Right-aligned columns. */
const NUMERIC = new Set([2, 4]);

/** The command that makes the figures of a benchmark. */
const commandOf = ({ name }: Pick<Benchmark, 'name'>): string => `npm run bench -- --only ${name}`;

/** Three significant digits, or whole with thousands separated: 0.0123, 8.47, 123,457. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

const rowsOf = ({ benchmark, figures }: Result): string[][] =>
  figures.map(({ name, value, unit, least, most, note }) => [
    commandOf(benchmark),
    name,
    formatNumber(value),
    unit,
    `${formatNumber(least)} … ${formatNumber(most)}`,
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

const describeLoad = (load: number): string => (load < 0.3 ? 'idle' : `busy: load ${load.toFixed(1)} as it began`);

/** For bench/RESULTS.md. */
export const asMarkdown = (results: readonly Result[], machine: string, date: string): string =>
  ['# Benchmark results', `Written by \`npm run bench\` on ${date}. ${machine}.`, ...results.map(sectionOf), '']
    .join('\n\n')
    .trimEnd() + '\n';

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { IndicatorBars, IndicatorColumn } from '../domain/indicators/indicator.js';

type Columns = Record<string, IndicatorColumn>;

/** Columns of a recorded CSV or JSON file, by name; null for a cell that is not a number. */
export function readColumns(file: string): Columns {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  const rows = file.endsWith('.json') ? (JSON.parse(text) as Record<string, unknown>[]) : csvRows(text);
  const number = (value: unknown) =>
    value === null || value === '' || Number.isNaN(Number(value)) ? null : Number(value);
  return Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, rows.map((row) => number(row[name]))]));
}

function csvRows(text: string): Record<string, string>[] {
  const [head, ...lines] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i]!])));
}

/** Bars of a recorded price file, all in one session. */
export function readIndicatorBars(file: string): IndicatorBars {
  const columns = readColumns(file);
  const full = (name: string) => columns[name]!.map((value) => value!);
  const close = full('close');
  return {
    session: close.map(() => '2020-01-01'),
    high: full('high'),
    low: full('low'),
    close,
    volume: columns.volume!,
  };
}

/** Bars of which only the closes matter. */
export const barsOf = (close: number[], session = close.map(() => '2020-01-01')): IndicatorBars => ({
  session,
  high: close,
  low: close,
  close,
  volume: close.map(() => 1),
});

/** Expects null where the oracle has null, else values within a relative 1e-9 (absolute for values below 1). */
export function expectNear(ours: IndicatorColumn, oracle: IndicatorColumn): void {
  expect(ours.length).toBe(oracle.length);
  const off = ours.flatMap((value, i) => {
    const wanted = oracle[i]!;
    if (value === null || wanted === null) return value === wanted ? [] : [[i, value, wanted]];
    return Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)) ? [] : [[i, value, wanted]];
  });
  expect(off.slice(0, 3)).toEqual([]);
}

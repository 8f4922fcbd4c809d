import { readFileSync } from 'node:fs';
import { emptyColumns, type BarColumns } from '../../domain/bar.js';
import { utcDate } from '../../domain/calendars/dates.js';
import { fromFloat32 } from '../../domain/decimal.js';
import { type Cell, ROW_RULES } from '../../domain/rules/bar-rules.js';
import type { SessionAction } from '../../domain/transform/transform.js';

/** A row of a recorded file as in its source. */
export interface CsvRow {
  /** Epoch ms; for a row of a day or longer 00:00Z of its date, as the store labels it. */
  time: number;
  cells: [open: Cell, high: Cell, low: Cell, close: Cell, volume: Cell];
  /** Per share, on its ex-date; 0 = none. */
  dividend: number;
  /** New shares for an old one; 0 = none. */
  split: number;
}

/**
 * Reads a recorded price file, in the order of its rows. Files differ in the case of column names and in time formats.
 * Prices become the shortest decimal of their float32, as in the provider's parser: the files have the noise of float32 and
 * of pence ÷ 100.
 */
export function readRows(file: string): CsvRow[] {
  const [head, ...lines] = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/);
  const names = head!.toLowerCase().split(',');
  return lines.map((line) => {
    const values = line.split(',');
    const cell = (name: string): Cell => {
      const text = values[names.indexOf(name)]?.trim();
      return text ? Number(text) : null;
    };
    const price = (name: string): Cell => {
      const value = cell(name);
      return value === null ? null : fromFloat32(Math.fround(value));
    };
    return {
      time: timeOf(values[0]!),
      cells: [price('open'), price('high'), price('low'), price('close'), cell('volume')],
      dividend: cell('dividends') ?? 0,
      split: cell('stock splits') ?? 0,
    };
  });
}

/** `2024-10-21 10:00:00+01:00`, `2024-10-21T09:00:00Z`, `2024-10-21`, `10/21/2024`, `10/21/24`, epoch s or ms. */
function timeOf(text: string): number {
  if (/^\d{9,}$/.test(text)) return Number(text) * (text.length > 10 ? 1 : 1000);
  const american = /^(\d+)\/(\d+)\/(\d+)$/.exec(text);
  if (american) {
    const [month, day, year] = american.slice(1).map(Number) as [number, number, number];
    return Date.UTC(year < 100 ? 2000 + year : year, month - 1, day);
  }
  const label = /^(\d{4}-\d\d-\d\d)(?:[ T]00:00:00[+-]\d\d:\d\d)?$/.exec(text);
  if (label) return Date.parse(label[1]!);
  const iso = text.replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

/** Dividends and splits of the rows, ascending. */
export function actionsOf(rows: CsvRow[]): SessionAction[] {
  return rows
    .toSorted((a, b) => a.time - b.time)
    .flatMap(({ time, dividend, split }): SessionAction[] => [
      ...(dividend ? [{ kind: 'dividend' as const, time, session: utcDate(time), amount: dividend }] : []),
      ...(split ? [{ kind: 'split' as const, time, session: utcDate(time), numerator: split, denominator: 1 }] : []),
    ]);
}

/** Id of the first row rule that the row breaks, as in transform; null if it breaks none. */
export const brokenRule = ({ cells }: CsvRow): string | null =>
  ROW_RULES.find((rule) => rule.broken(...cells))?.id ?? null;

/** The rows that break no rule, as they would be stored: ascending, one per time. */
export function barsOf(rows: CsvRow[]): BarColumns {
  const bars = emptyColumns();
  const good = rows.filter((row) => row.time > 0 && brokenRule(row) === null).sort((a, b) => a.time - b.time);
  good.forEach(({ time, cells: [open, high, low, close, volume] }, i) => {
    if (time === good[i - 1]?.time) return;
    bars.time.push(time);
    bars.session.push(utcDate(time));
    bars.open.push(open!);
    bars.high.push(high!);
    bars.low.push(low!);
    bars.close.push(close!);
    bars.volume.push(volume);
  });
  return bars;
}

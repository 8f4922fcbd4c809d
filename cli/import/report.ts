import { counted } from '../../domain/in-words.js';
import { RULES } from '../../domain/rules/payload-rules.js';
import type { IgnoreReason } from '../../domain/transform/place-rows.js';
import { isDateLabelled, type StoredTimeframe } from '../../domain/timeframe.js';
import type { Imported } from './import-file.js';

/** Rejected rows that are listed one by one. */
const MAX_LISTED = 20;

const IGNORED: Record<IgnoreReason, string> = {
  no_trade: 'without any price',
  live_row: 'of a live price',
  future: 'in the future',
  not_final: 'not over yet',
  outside_session: 'outside the trading hours',
  outside_window: 'outside the file’s own range',
  before_calendar: 'from before the calendar begins',
  duplicate: 'repeated',
};

/**
 * The outcome of an import, line by line.
 * @param firstLine number of the first row, as the person's file counts: 2 in a CSV file, whose line 1 has the names
 */
export function importReport(
  title: string,
  imported: Imported,
  timeframe: StoredTimeframe,
  firstLine: number,
): string[] {
  const { batch, loaded, before } = imported;
  const { time } = batch.bars;
  const when = (at: number) =>
    isDateLabelled(timeframe) ? new Date(at).toISOString().slice(0, 10) : `${new Date(at).toISOString().slice(0, 16)}Z`;
  const range = time.length > 0 ? ` from ${when(time[0]!)} to ${when(time.at(-1)!)}` : '';
  const head = `${title}: ${counted(batch.rowsExtracted, 'row')}, ${counted(time.length, 'bar')}${range}`;
  const ignored = Object.entries(batch.rowsIgnored).map(
    ([reason, rows]) => `  ${counted(rows, 'row')} left out: ${IGNORED[reason as IgnoreReason]}`,
  );
  const rejected = batch.rejected.map(
    ({ row, rule }) =>
      `  ${firstLine === 1 ? 'row' : 'line'} ${row + firstLine} is rejected (${rule}): ${RULES.get(rule)?.doc}`,
  );
  const more = rejected.length - MAX_LISTED;
  return [
    head,
    ...ignored,
    ...rejected.slice(0, MAX_LISTED),
    ...(more > 0 ? [`  … and ${counted(more, 'more rejected row')}`] : []),
    outcome(),
  ];

  function outcome(): string {
    if (before) return `This file was imported at ${before.toISOString()}: nothing changes.`;
    if (!loaded) return time.length > 0 ? 'Nothing was stored (dry run).' : 'There is nothing to store.';
    if (loaded.held) return `Held back (${loaded.held}): the prices are at another level than the stored ones.`;
    return `${counted(loaded.inserted, 'new bar')}, ${loaded.updated} corrected, ${loaded.unchanged} unchanged.`;
  }
}

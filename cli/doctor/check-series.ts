import type { Findings } from './findings.js';
import { nameOf, type SeriesFile, titleOf } from './stored-series.js';

/**
 * Checks that the row of a series says what its payloads show: it begins at the first bar that one of them had, and its
 * newest payload is the newest one that was loaded.
 */
export function checkSeriesRow(
  { series, row, bars, payloads, batches, digests }: SeriesFile,
  findings: Findings,
): void {
  const loaded = payloads.filter(({ isLoaded }) => isLoaded);
  const name = titleOf(series);
  const newest = loaded.at(-1)?.fetchedAt ?? null;
  if ((row?.newestFetch ?? null) !== newest)
    findings.add(
      'series_row',
      `${name}: says that it was fetched at ${shown(row?.newestFetch)}, its payloads say ${shown(newest)}`,
    );
  const first = [
    bars.time,
    ...loaded.map(({ id, times }) => [digests.get(id)?.gave?.firstTime ?? times[0] ?? Infinity]),
  ].reduce((least, [time]) => Math.min(least, time ?? least), Infinity);
  const firstBar = row?.firstBar ?? Infinity;
  const allKnown = loaded.every(({ id, isKept }) => isKept || digests.get(id));
  if (firstBar > first)
    findings.add(
      'series_begin',
      `${nameOf(series, first)} is in a payload, but the series starts with ${firstBar === Infinity ? 'no bar' : nameOf(series, firstBar)}`,
    );
  else if (firstBar < first && allKnown)
    findings.add('series_begin', `the series starts with ${nameOf(series, firstBar)}, which no payload has`);
  const beginsAt = row?.beginsAt ?? null;
  if (beginsAt === null) return;
  if (!batches.some((batch) => batch.inserted !== null && batch.beginsAt === beginsAt))
    findings.add('series_begin', `${name}: no payload shows that it begins at ${shown(beginsAt)}`);
}

const shown = (instant: number | null | undefined): string =>
  instant == null ? 'no time' : new Date(instant).toISOString();

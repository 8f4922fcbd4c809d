import { Injectable } from '@nestjs/common';
import { BarChangeReader } from '../../db/repositories/read/bar-change-log.js';
import type { SeriesKey } from '../../domain/bar.js';
import { batched } from '../http/batched.js';

/**
 * Tells whether what was read may be given again. Whoever asks for a version asks the database for all that was committed
 * before; those who ask at once share one look. What is read with a version in hand is at least as new as the version.
 *
 * Looks may overlap and end in any order. Then the snapshot that is kept for the next one may be the older, and a change is
 * counted twice; none is missed.
 */
@Injectable()
export class SeriesVersions {
  private readonly changes = new Map<string, number>();
  private seen: string | null = null;
  private readonly look: (asker: null) => Promise<string>;

  constructor(log: BarChangeReader) {
    this.look = batched(async (askers) => {
      const { snapshot, changed } = await log.since(this.seen);
      for (const series of changed) this.changes.set(keyOf(series), this.changesOf(series) + 1);
      this.seen = snapshot;
      return askers.map(() => snapshot);
    });
  }

  /** Of the bars of a series: how many of its changes the log has told. */
  async of(series: SeriesKey): Promise<number> {
    await this.look(null);
    return this.changesOf(series);
  }

  /** Of all that is stored, the worker's records included: while it is the same, nothing at all was committed. */
  ofAll(): Promise<string> {
    return this.look(null);
  }

  private changesOf(series: SeriesKey): number {
    return this.changes.get(keyOf(series)) ?? 0;
  }
}

const keyOf = ({ assetId, timeframe }: SeriesKey): string => `${assetId}/${timeframe}`;

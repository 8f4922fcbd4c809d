import { Injectable } from '@nestjs/common';
import { BarChangeReader } from '../../db/repositories/read/bar-change-log.js';
import { keyOf, type SeriesKey } from '../../domain/bar.js';
import { batched } from '../http/batched.js';

/** DataLoader wants a key: all callers of a turn read the same. */
const SNAPSHOT = 'snapshot';

/**
 * Counts the changes of each series, so that a cache knows whether its value is current. A version is read from the
 * database when it is requested and covers all that was committed before; concurrent requests share one read. What is
 * read after a version is at least as new as the version.
 *
 * Reads may overlap and end in any order. Then the older snapshot may be the one that the next read starts from, and a
 * change is counted twice; none is missed.
 */
@Injectable()
export class SeriesVersions {
  private readonly changes = new Map<string, number>();
  private seen: string | null = null;
  private readonly read: (key: typeof SNAPSHOT) => Promise<string>;

  constructor(log: BarChangeReader) {
    this.read = batched(async (keys) => {
      const { snapshot, changed } = await log.since(this.seen);
      for (const series of changed) this.changes.set(keyOf(series), this.changesOf(series) + 1);
      this.seen = snapshot;
      return keys.map(() => snapshot);
    });
  }

  /** Of the bars of some series: how many changes of each the log has shown so far. */
  async of(series: readonly SeriesKey[]): Promise<string> {
    await this.read(SNAPSHOT);
    return series.map((one) => this.changesOf(one)).join('/');
  }

  /** Of the whole database, including the worker's records: it changes with every commit. */
  async ofAll(): Promise<string> {
    return this.read(SNAPSHOT);
  }

  private changesOf(series: SeriesKey): number {
    return this.changes.get(keyOf(series)) ?? 0;
  }
}

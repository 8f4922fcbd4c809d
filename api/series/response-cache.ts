import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { SeriesKey } from '../../domain/bar.js';
import type { TableResponse } from '../http/response.js';
import { SeriesVersions } from './series-versions.js';

/** Rows of all kept answers together; a row takes some 200 bytes, its text included. */
const MOST_ROWS = 400_000;
/** Longer than that nothing is kept, whatever is said of it; far less than the log of changes reaches back. */
const KEPT_MS = 60_000;

interface Kept {
  version: number;
  answer: TableResponse;
}

/**
 * The newest bars of a series are asked for again and again, and change once a minute. An answer is kept with the version
 * of its series, and given again only while that is the same: one look at the log of changes instead of reading, naming and
 * writing all rows. Nobody gets an answer that is older than what was committed.
 */
@Injectable()
export class ResponseCache {
  private readonly kept = new LRUCache<string, Kept>({
    maxSize: MOST_ROWS,
    sizeCalculation: ({ answer }) => Math.max(1, answer.table.rows.length),
    ttl: KEPT_MS,
  });

  constructor(private readonly versions: SeriesVersions) {}

  /** @param key what was asked for; all that the answer depends on beside the bars of the series */
  async get(series: SeriesKey, key: string, make: () => Promise<TableResponse>): Promise<TableResponse> {
    // before the bars are read: what is committed in between makes the next one look again
    const version = await this.versions.of(series);
    const kept = this.kept.get(key);
    if (kept?.version === version) return kept.answer;
    const answer = await make();
    this.kept.set(key, { version, answer });
    return answer;
  }
}

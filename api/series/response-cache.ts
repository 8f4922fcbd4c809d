import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { SeriesKey } from '../../domain/bar.js';
import { calendarRevision } from '../../domain/calendars/index.js';
import type { TableResponse } from '../http/response.js';
import { SeriesVersions } from './series-versions.js';

/** Rows of all cached responses together; a row takes some 200 bytes, including its text. */
const MAX_ROWS = 400_000;
/** Nothing is cached for longer, whatever its version; far less than the log of changes reaches back. */
const MAX_AGE_MS = 60_000;

interface CachedResponse {
  version: string;
  /** Of the calendars. */
  revision: number;
  response: TableResponse;
}

/**
 * The same bars of a series are requested again and again, but the newest change once a minute, and the others hardly
 * ever. A response is cached with the version of its series, those of all sources, and reused only while that version is
 * current: one look at the log of changes replaces reading, naming and writing all rows. No response is older than what was committed when its request came.
 */
@Injectable()
export class ResponseCache {
  private readonly responses = new LRUCache<string, CachedResponse>({
    maxSize: MAX_ROWS,
    sizeCalculation: ({ response }) => response.table.rows.length,
    ttl: MAX_AGE_MS,
  });

  constructor(private readonly versions: SeriesVersions) {}

  /** @param key everything that the response depends on besides the bars of the series */
  async get(series: readonly SeriesKey[], key: string, make: () => Promise<TableResponse>): Promise<TableResponse> {
    // before the bars are read: a later commit changes the version for the next request
    const version = await this.versions.of(series);
    const revision = calendarRevision();
    const cached = this.responses.get(key);
    if (cached?.version === version && cached.revision === revision) return cached.response;
    const response = await make();
    // why there are no bars depends on more than the series
    if (response.table.rows.length > 0) this.responses.set(key, { version, revision, response });
    return response;
  }

  clear(): void {
    this.responses.clear();
  }
}

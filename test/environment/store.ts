import { afterAll, beforeAll, beforeEach } from 'vitest';
import type pg from 'pg';
import { type Database } from '../../db/client.js';
import { seed } from '../factories.js';
import { connectPatiently, createTestDatabase } from './database.js';

/** All that loads, runs and operators write. The assets and the providers' state stay. */
const WRITTEN = `alert_deliveries, alert_evaluations, alert_rules, alerts, audit_log, bar_changes, bar_revisions, bar_warnings,
  bars, batches, corporate_actions, coverage, daily_differences, disk_samples, live_requests, payload_digests,
  pipeline_run_steps, pipeline_runs, provider_calls, quotes, raw_payloads, rejected_bars, requests_under_way, series,
  source_agreement`;

export interface StoreOptions {
  /** Deletes what the test before has written. Default true. */
  isEmptied?: boolean;
  /** Connections of the pool. */
  max?: number;
}

/** A migrated database with the first assets, for the tests of one file. */
export class TestStore {
  #database: Database | undefined;
  #assets = new Map<string, number>();

  constructor({ isEmptied = true, max }: StoreOptions) {
    let drop: () => Promise<void>;
    beforeAll(async () => {
      const created = await createTestDatabase();
      drop = created.drop;
      this.#database = connectPatiently(created.url, { max });
      this.#assets = await seed(this.pool);
    });
    afterAll(async () => {
      await this.#database?.close();
      await drop?.();
    });
    if (isEmptied) beforeEach(() => this.pool.query(`truncate ${WRITTEN} restart identity`));
  }

  /** @throws Error outside of tests and their hooks */
  get pool(): pg.Pool {
    if (!this.#database) throw new Error('The test database exists in tests and hooks only.');
    return this.#database.pool;
  }

  /** @throws RangeError when the symbol is not among the first assets */
  assetId(symbol: string): number {
    const id = this.#assets.get(symbol);
    if (id === undefined) throw new RangeError(`no asset ${symbol}`);
    return id;
  }
}

/** Creates the store of a test file and registers its set-up and clean-up. Call it at the top of the file. */
export const useStore = (options: StoreOptions = {}): TestStore => new TestStore(options);

import type { MetricMeter } from '@temporalio/common';
import type pg from 'pg';
import { SECOND } from '../domain/timeframe.js';

const EVERY_MS = 5 * SECOND;

/** Exports the use of a pool with the metrics of the SDK. @returns the timer that measures it, which keeps no process alive */
export function observePool(
  meter: MetricMeter,
  pool: Pick<pg.Pool, 'totalCount' | 'idleCount' | 'waitingCount'>,
): NodeJS.Timeout {
  const gauge = meter.createGauge(
    'barkeep_database_connections',
    'int',
    '',
    'Connections of this process to the database, and requests that wait for one.',
  );
  const measure = () => {
    gauge.set(pool.totalCount - pool.idleCount, { state: 'busy' });
    gauge.set(pool.idleCount, { state: 'idle' });
    gauge.set(pool.waitingCount, { state: 'waiting' });
  };
  measure();
  return setInterval(measure, EVERY_MS).unref();
}

import { counted } from '../in-words.js';
import { DAY } from '../timeframe.js';
import type { Condition } from './alert.js';

/** Free space of the disk that the database is on, once a day. Bytes; epoch ms. */
export interface DiskSample {
  at: number;
  free: number;
}

/** The forecast looks back over so many days, and needs at least two of them. */
export const DISK_DAYS = 14;
const MIN_DAYS = 2;
/** An alert opens if the disk will be full within the first of these days, and closes beyond the second. */
const FULL_DAYS = 14;
const LINGERS_DAYS = 21;
const CRITICAL_DAYS = 3;
/** Whatever the forecast: PostgreSQL stops when nothing is left. Bytes. */
const LEAST_FREE = 2 ** 30;

/**
 * By how many bytes a day the free space shrinks; negative if it grows, null if too few days are known. What happened between
 * two samples is left out where the most was lost, so that one large file is no trend.
 */
export function dailyLoss(samples: readonly DiskSample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < MIN_DAYS * DAY) return null;
  const steps = samples.slice(1).map(({ at, free }, i) => ({ ms: at - samples[i]!.at, lost: samples[i]!.free - free }));
  const rest = steps.sort((a, b) => a.lost - b.lost).slice(0, -1);
  const sum = (of: 'ms' | 'lost') => rest.reduce((total, step) => total + step[of], 0);
  return sum('ms') < DAY ? null : sum('lost') / (sum('ms') / DAY);
}

/** In how many days the disk is full, if its free space goes on to shrink as it did; null if it does not shrink, or too few days are known. */
export function daysUntilFull(samples: readonly DiskSample[]): number | null {
  const loss = dailyLoss(samples);
  return loss === null || loss <= 0 ? null : samples.at(-1)!.free / loss;
}

/** @param samples ascending; the last one is of now */
export function diskConditions(samples: readonly DiskSample[], now: number): Condition[] {
  const last = samples.at(-1);
  if (!last) return [];
  const days = daysUntilFull(samples) ?? Number.POSITIVE_INFINITY;
  const isAlmostFull = last.free < LEAST_FREE;
  if (!isAlmostFull && days > LINGERS_DAYS) return [];
  return [
    {
      ...{ kind: 'disk', subject: 'database', since: now, markets: null },
      severity: isAlmostFull || days < CRITICAL_DAYS ? 'critical' : 'warning',
      standing: isAlmostFull || days <= FULL_DAYS ? 'fires' : 'lingers',
      message: isAlmostFull
        ? 'Less than 1 GiB is free on the disk of the database.'
        : `The disk of the database will be full in about ${counted(Math.max(1, Math.round(days)), 'day')}.`,
      advice: 'Free some space, enlarge the disk, or keep payloads for fewer days (PAYLOAD_RETENTION_DAYS).',
    },
  ];
}

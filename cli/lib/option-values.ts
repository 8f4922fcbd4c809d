import { z } from 'zod';
import { isStoredTimeframe, STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import type { UserError } from './user-error.js';

/** Makes the error for a wrong option: that of the command's `CommandLine`. */
type Wrong = (message: string) => UserError;

/** A date, or a time with its zone. */
const Instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/**
 * `--from` and `--to` of a command: dates or RFC 3339 times, unchanged.
 * @throws what `wrong` makes
 */
export function timeRange(
  { from, to }: { from: string | undefined; to: string | undefined },
  wrong: Wrong,
): { from: string | undefined; to: string | undefined } {
  for (const [name, value] of Object.entries({ from, to }))
    if (value !== undefined && !Instant.safeParse(value).success)
      throw wrong(`--${name} ${value} is neither a date (2026-11-01) nor a time with its zone (2026-11-01T14:30:00Z).`);
  if (from && to && Date.parse(from) >= Date.parse(to)) throw wrong('--from must be before --to.');
  return { from, to };
}

/** @throws what `wrong` makes */
export function storedTimeframe(value: string, wrong: Wrong): StoredTimeframe {
  if (isStoredTimeframe(value)) return value;
  throw wrong(`--timeframe ${value} is not stored. Choose from ${STORED_TIMEFRAMES.join(', ')}.`);
}

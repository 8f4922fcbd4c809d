import { z } from 'zod';
import { isStoredTimeframe, STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import { UserError } from './user-error.js';

/** Makes the error of a command for a wrong option: exit code 2, with the usage. */
export type Wrong = (message: string) => UserError;

export const wrongWith =
  (usage: string): Wrong =>
  (message) =>
    new UserError(`${message}\n\n${usage}`, 2);

/** A date, or a time with its zone. */
const Instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** A date or RFC 3339 time, as it is. */
export function instant(name: string, value: string | undefined, wrong: Wrong): string | undefined {
  if (value === undefined || Instant.safeParse(value).success) return value;
  throw wrong(`${name} ${value} is neither a date (2026-11-01) nor a time with its zone (2026-11-01T14:30:00Z)`);
}

export function storedTimeframe(value: string, wrong: Wrong): StoredTimeframe {
  if (isStoredTimeframe(value)) return value;
  throw wrong(`--timeframe ${value} is not stored; these are: ${STORED_TIMEFRAMES.join(', ')}`);
}

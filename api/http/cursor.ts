import type { z } from 'zod';
import { invalidQuery } from './problem.js';

/** Packs where a page ended into a string that clients hand back as it is. */
export const encodeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @throws Problem 400 when it is not a cursor of this kind */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  const result = schema.safeParse(parsed(cursor));
  if (!result.success) throw invalidQuery('cursor', 'not a cursor that this endpoint gave');
  return result.data;
}

function parsed(cursor: string): unknown {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    // Buffer skips what is no base64url: a cursor with something added would pass
    return bytes.toString('base64url') === cursor ? JSON.parse(bytes.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

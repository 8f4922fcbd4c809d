import type { z } from 'zod';
import { invalidQuery } from './problem.js';

/** Encodes the end of a page as an opaque string, which clients send back unchanged. */
export const encodeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @throws Problem 400 if it is not a cursor of this kind */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  const result = schema.safeParse(parsed(cursor));
  if (!result.success) throw invalidQuery('cursor', 'not a cursor of this endpoint');
  return result.data;
}

function parsed(cursor: string): unknown {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    // Buffer skips characters that are not base64url: a cursor with something added would pass
    return bytes.toString('base64url') === cursor ? JSON.parse(bytes.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

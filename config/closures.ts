import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type Closure, closureProblem, setClosures } from '../domain/calendars/index.js';
import type { Env } from './env.js';

/** Closures have the form of scripts/calendar-corrections.json, so that a line can move there for the next release. */
const Entry = z.strictObject({
  exchange: z.string(),
  date: z.string(),
  closed: z.string().min(1),
  source: z.string().optional(),
});
const FORM = '{"exchange": "XNYS", "date": "2025-01-09", "closed": "National Day of Mourning"}';

/** The closures file as read at start. */
export interface Closures {
  closures: Closure[];
  /** Entries that were left out, in words. */
  problems: string[];
}

/**
 * Applies the closures file: from now on, the calendars of this process have no sessions on its days. To be called once, at
 * the start of a program that uses calendars. An entry with a problem is left out, and the others apply.
 */
export function applyClosures(env: Pick<Env, 'CLOSURES_FILE' | 'DATA_DIR'>): Closures {
  const file = env.CLOSURES_FILE ?? join(env.DATA_DIR, 'closures.json');
  const closures: Closure[] = [];
  const problems: string[] = [];
  readEntries(file, env.CLOSURES_FILE !== undefined, problems).forEach((entry, i) => {
    const parsed = Entry.safeParse(entry);
    const problem = parsed.success ? closureProblem(parsed.data) : formProblem(parsed.error);
    if (problem) problems.push(`entry ${i + 1} of ${basename(file)} is left out: ${problem}`);
    else closures.push(parsed.data!);
  });
  setClosures('file', closures);
  return { closures, problems };
}

/** @param isNamed by the environment: then it must exist */
function readEntries(file: string, isNamed: boolean, problems: string[]): unknown[] {
  try {
    const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(entries)) return entries;
    problems.push(`${file} must be a JSON array of entries such as ${FORM}`);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isNamed || !isMissing)
      problems.push(
        isMissing
          ? `CLOSURES_FILE: there is no file ${file}`
          : `${file} cannot be read: ${(error as Error).message}. It must be a JSON array of entries such as ${FORM}`,
      );
  }
  return [];
}

function formProblem({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue?.code === 'unrecognized_keys')
    return `unknown ${issue.keys.join(', ')}; it lists whole days only (an early close is no closure), such as ${FORM}`;
  return `${issue?.path.join('.') || 'it'} is missing or no text; it must look like ${FORM}`;
}

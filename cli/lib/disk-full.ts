/** What the system, PostgreSQL and SQLite say of a full disk, and of a quota that is used up. */
const FULL = /\bENOSPC\b|no space left on device|database or disk is full/i;
const QUOTA = /\bEDQUOT\b|disk quota exceeded/i;
/** PostgreSQL says the same of limits of the system that no file can exceed. */
const NO_DISK = /shared memory|semaphore/i;
const ELSEWHERE = 'or set DATA_DIR to a folder on another disk.';

/** What to do if a message or the log of a server tells of a full disk; null if it does not. */
export function diskFullAdvice(text: string): string | null {
  const lines = text.split('\n').filter((line) => !NO_DISK.test(line));
  if (lines.some((line) => QUOTA.test(line)))
    return `The disk quota is used up. Free some space, have the quota raised, ${ELSEWHERE}`;
  return lines.some((line) => FULL.test(line)) ? `The disk is full. Free some space, ${ELSEWHERE}` : null;
}

/** The output of a program, followed by what to do if it tells of a full disk. */
export const withDiskFullAdvice = (output: string): string =>
  [output.trimEnd(), diskFullAdvice(output)].filter(Boolean).join('\n');

/** What the system, PostgreSQL and SQLite say of a full disk. */
const FULL = /\b(ENOSPC|EDQUOT)\b|no space left on device|disk quota exceeded|database or disk is full/i;

/** What to do if a message or the log of a server tells of a full disk; null if it does not. */
export const diskFullAdvice = (text: string): string | null =>
  FULL.test(text) ? 'The disk is full. Free some space, or set DATA_DIR to a folder on another disk.' : null;

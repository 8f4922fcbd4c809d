/** Rows, or bodies of payloads, that a retention has deleted, and their size as they were stored, in bytes. */
export interface Deleted {
  rows: number;
  bytes: number;
}

export const NOTHING_DELETED: Deleted = { rows: 0, bytes: 0 };

export const addDeleted = (a: Deleted, b: Deleted): Deleted => ({ rows: a.rows + b.rows, bytes: a.bytes + b.bytes });

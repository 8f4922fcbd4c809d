import type { Queryable } from '../../client.js';

/** An action of an operator, or one that a run takes instead of an operator. */
export interface AuditEntry {
  /** `admin` for the token of the API, `cli` for a command, `worker` for what a run does by itself. */
  actor: 'admin' | 'cli' | 'worker';
  /** For example `schedule.pause` or `rejected.release`. */
  action: string;
  /** What it was done to: a schedule, a workflow, `rejected_bar:12`. */
  subject: string;
  /** Why, in the operator's words. */
  reason: string;
  details?: Record<string, unknown>;
}

/** Who changes something, and why. */
export type By = Pick<AuditEntry, 'actor' | 'reason'>;

/** Stores an entry, for ever. */
export async function recordAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, reason, details } = entry;
  await db.query(`insert into audit_log (actor, action, subject, reason, details) values ($1, $2, $3, $4, $5)`, [
    actor,
    action,
    subject,
    reason,
    details && JSON.stringify(details),
  ]);
}

/**
 * Lets one transaction at a time act on a subject: others wait here until it ends, and then see what it has stored.
 * @param tx holds the lock until it ends
 */
export async function lockSubject(tx: Queryable, action: string, subject: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${action} ${subject}`]);
}

/** A stored entry. */
export interface KeptAudit {
  at: Date;
  reason: string;
  details: Record<string, unknown> | null;
}

/** The newest entry of an action by subject; subjects without one are missing. */
export async function latestAudits(
  db: Queryable,
  action: string,
  subjects: readonly string[],
): Promise<Map<string, KeptAudit>> {
  if (subjects.length === 0) return new Map();
  const { rows } = await db.query<KeptAudit & { subject: string }>(
    `select distinct on (subject) subject, at, reason, details from audit_log
     where subject = any($2) and action = $1 order by subject, at desc, id desc`,
    [action, subjects],
  );
  return new Map(rows.map(({ subject, ...kept }) => [subject, kept]));
}

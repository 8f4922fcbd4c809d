import type pg from 'pg';

/** What an operator did. */
export interface AuditEntry {
  /** `admin` for the token of the API, `cli` for a command. */
  actor: 'admin' | 'cli';
  /** Such as `schedule.pause` or `rejected.release`. */
  action: string;
  /** Of what: a schedule, a workflow, `rejected_bar:12`. */
  subject: string;
  /** Why, in the operator's words. */
  reason: string;
  details?: Record<string, unknown>;
}

/** Keeps an entry for ever. */
export async function recordAudit(executor: pg.Pool | pg.PoolClient, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, reason, details } = entry;
  await executor.query(`insert into audit_log (actor, action, subject, reason, details) values ($1, $2, $3, $4, $5)`, [
    actor,
    action,
    subject,
    reason,
    details && JSON.stringify(details),
  ]);
}

/** An entry as it is kept. */
export interface KeptAudit {
  at: Date;
  reason: string;
  details: Record<string, unknown> | null;
}

/** The newest entry of an action for each of these subjects that has one. */
export async function latestAudits(
  pool: pg.Pool,
  action: string,
  subjects: readonly string[],
): Promise<Map<string, KeptAudit>> {
  if (subjects.length === 0) return new Map();
  const { rows } = await pool.query<KeptAudit & { subject: string }>(
    `select distinct on (subject) subject, at, reason, details from audit_log
     where subject = any($2) and action = $1 order by subject, at desc, id desc`,
    [action, subjects],
  );
  return new Map(rows.map(({ subject, ...kept }) => [subject, kept]));
}

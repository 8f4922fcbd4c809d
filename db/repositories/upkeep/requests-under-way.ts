import type { Queryable } from '../../client.js';

/** Longer than any request takes: a process that was killed leaves its claim behind. */
const CLAIMED_FOR = `interval '10 minutes'`;

/** Claims a request for this process. @returns what `endRequest` takes; null if another process is handling it */
export async function claimRequest(db: Queryable, subject: string): Promise<string | null> {
  const { rows } = await db.query<{ until: string }>(
    `insert into requests_under_way as r (subject, until) values ($1, clock_timestamp() + ${CLAIMED_FOR})
      on conflict (subject) do update set until = excluded.until where r.until < clock_timestamp()
      returning until::text as until`,
    [subject],
  );
  return rows[0]?.until ?? null;
}

/** Ends a claim, unless it has lapsed and another process has the request now. */
export async function endRequest(db: Queryable, subject: string, claim: string): Promise<void> {
  await db.query('delete from requests_under_way where subject = $1 and until = $2::timestamptz', [subject, claim]);
}

import type { RejectedBar } from '../../db/repositories/read/rejected-bars.js';
import { RULES, softCellOf } from '../../domain/rules/bar-rules.js';
import type { RejectedBarBody } from './quarantine.schema.js';

/** A rejected row as the API returns it. */
export const rejectedBody = ({ assetId: _, exchange: __, ...rejected }: RejectedBar): RejectedBarBody => ({
  ...rejected,
  time: rejected.time?.toISOString() ?? null,
  doc: RULES.get(rejected.rule)?.doc ?? null,
  releasable: softCellOf(rejected.rule) !== null,
  createdAt: rejected.createdAt.toISOString(),
  payload: { ...rejected.payload, fetchedAt: rejected.payload.fetchedAt.toISOString() },
  decision: rejected.decision && { ...rejected.decision, at: rejected.decision.at.toISOString() },
});

import type { RejectedBar } from '../../db/repositories/read/rejected-bars.js';
import { RULES } from '../../domain/rules/payload-rules.js';
import { type Cells, standInOf } from '../../domain/rules/released-rows.js';
import type { RejectedBarBody } from './quarantine.schema.js';

/** Whether a row is a bar once a stand-in takes the place of its one wrong cell. */
export const isReleasable = ({ rule, raw, state }: Pick<RejectedBar, 'rule' | 'raw' | 'state'>): boolean =>
  state !== 'stored' && standInOf(rule, raw as unknown as Cells) !== null;

/** A rejected row as the API returns it. */
export const rejectedBody = ({ assetId: _, exchange: __, ...rejected }: RejectedBar): RejectedBarBody => ({
  ...rejected,
  time: rejected.time?.toISOString() ?? null,
  doc: RULES.get(rejected.rule)?.doc ?? null,
  releasable: isReleasable(rejected),
  createdAt: rejected.createdAt.toISOString(),
  payload: { ...rejected.payload, fetchedAt: rejected.payload.fetchedAt.toISOString() },
  decision: rejected.decision && { ...rejected.decision, at: rejected.decision.at.toISOString() },
});

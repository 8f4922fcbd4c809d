import { date, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { FieldFigures } from '../../domain/agreement/figures.js';
import { type Evidence, FINDING_KINDS } from '../../domain/agreement/finding.js';
import type { PriceField } from '../../domain/agreement/align-bars.js';
import { instant, pgSnapshot, timeframe } from './column-types.js';

/** Two sources of an asset compared over one session, as domain/agreement has it. Ratios are other ÷ source. */
export const sourceAgreement = pgTable(
  'source_agreement',
  {
    /** The asset, and the rows of `assets` that are compared: `source_id` is the older one. */
    assetId: integer('asset_id').notNull(),
    sourceId: integer('source_id').notNull(),
    otherId: integer('other_id').notNull(),
    /** The longer one, if the two have no timeframe in common: the shorter bars are aggregated. */
    timeframe: timeframe('timeframe').notNull(),
    session: date('session', { mode: 'string' }).notNull(),
    /** Bars that both have, and that only one of them has. */
    bars: integer('bars').notNull(),
    onlySource: integer('only_source').notNull(),
    onlyOther: integer('only_other').notNull(),
    /** Bars in which any price is beyond a tick; of these, beyond 10 basis points. */
    beyondTick: integer('beyond_tick').notNull(),
    beyond10bp: integer('beyond_10bp').notNull(),
    /** The coarser price step of the two; null if too few prices show it. */
    tick: doublePrecision('tick'),
    /** Null without a common bar. */
    prices: jsonb('prices').$type<Record<PriceField, FieldFigures>>(),
    volumeRatio: doublePrecision('volume_ratio'),
    returnCorrelation: doublePrecision('return_correlation'),
    /** What is wrong between the two, if anything is; the columns below are null otherwise. */
    finding: text('finding', { enum: FINDING_KINDS }),
    /** Opens of the first and of the last bar that it concerns, and how many bars show it. */
    findingFrom: instant('finding_from'),
    findingTo: instant('finding_to'),
    findingBars: integer('finding_bars'),
    evidence: jsonb('evidence').$type<Evidence>(),
    /** What the comparison has seen at least: changes of bars that it has not call for a new one. */
    asOf: pgSnapshot('as_of').notNull(),
    comparedAt: instant('compared_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sourceId, t.otherId, t.timeframe, t.session] }),
    // serves: the comparisons of an asset, newest first
    index('source_agreement_asset').on(t.assetId, t.session),
    // serves: the newest findings
    index('source_agreement_findings')
      .on(t.session)
      .where(sql`finding is not null`),
  ],
);

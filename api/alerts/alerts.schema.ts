import { z } from 'zod';
import { ALERT_KINDS, SEVERITIES } from '../../domain/alerts/alert.js';
import { DIRECTIONS, MEASURES } from '../../domain/alerts/crossing.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { reason } from '../admin/reason.schema.js';
import { cursorParameter, limitParameter, oneOf } from '../http/parameters.js';
import { assetHead, instant, nextCursor, timeframe } from '../openapi/fields.js';
import { component } from '../openapi/registry.js';

const KINDS =
  '`outage`: a provider is in an outage, or refuses requests. `failing`: the runs of a pipeline fail. `stale`: bars of an asset are overdue. `budget`: bars of an asset were overdue for more than 1 % of the open-market time of the last 30 days. `quota`: a monthly quota does not last. `disagreement`: two sources of an asset differ. `disk`: the disk of the database fills up. `crossing`: what a rule watches has crossed.';

const AlertSchema = component(
  'Alert',
  z.object({
    id: z.int().meta({ description: 'Id of the alert.', example: 12 }),
    kind: z.enum(ALERT_KINDS).meta({ description: KINDS, example: 'stale' }),
    subject: z.string().meta({
      description:
        'What it is about: the symbol of an asset, the id of a provider or of a pipeline, a symbol with two providers, `database`, or `rule` with the id of a rule.',
      example: 'NVDA',
    }),
    severity: z.enum(SEVERITIES).meta({
      description:
        '`critical`: bars are missing, or will be. `warning`: a person should look at it. `notice`: what a person asked to be told.',
    }),
    message: z.string().meta({
      description: 'What is wrong.',
      example: 'Bars of NVDA (1m) have been overdue since 2026-11-20 15:42 UTC.',
    }),
    advice: z.string().meta({
      description: 'What to do about it.',
      example: 'Look at the last runs of its pipeline: they show what became of the requests for this asset.',
    }),
    because: z.string().nullable().meta({
      description:
        'Kind and subject of the open alert of which it is only a consequence, so that no message is sent about it; null if it is none.',
      example: null,
    }),
    since: instant('When its cause began, market clock.', '2026-11-20T15:42:38Z'),
    openedAt: instant('When it opened, market clock.', '2026-11-20T15:43:50Z'),
    closedAt: instant('When it closed, market clock; null while it is open.').nullable(),
    toldAt: instant('When a message about it was sent, wall clock; null if none was.').nullable(),
  }),
);
export type AlertBody = z.output<typeof AlertSchema>;

export const AlertsSchema = component('Alerts', z.object({ alerts: z.array(AlertSchema), nextCursor }));
export type AlertsBody = z.output<typeof AlertsSchema>;

export const AlertsQuery = z.strictObject({
  state: oneOf(['open', 'all'] as const)
    .default('open')
    .meta({ description: 'Return only open alerts, or all. Default `open`.', example: 'all' }),
  kind: oneOf(ALERT_KINDS).optional().meta({ description: 'Return only alerts of this kind.', example: 'stale' }),
  severity: oneOf(SEVERITIES)
    .optional()
    .meta({ description: 'Return only alerts of this severity.', example: 'critical' }),
  limit: limitParameter(50, 500, 'Maximum number of alerts per page.'),
  cursor: cursorParameter,
});
export type AlertsFilter = z.output<typeof AlertsQuery>;

const measure = oneOf(MEASURES).meta({
  description: 'What is watched: the close of a final bar, or the mean of the latest 20 or 50 closes.',
  example: 'close',
});
const direction = oneOf(DIRECTIONS).meta({ description: 'Which side it must cross to.', example: 'above' });
const AGAINST = MEASURES.filter((one) => one !== 'close');

const ruleFields = {
  measure,
  direction,
  level: z.number('must be a number').positive('must be greater than 0').nullable().meta({
    description: 'The price to cross, in the currency of the asset; null if it is compared with an average.',
    example: 140,
  }),
  against: oneOf(AGAINST)
    .nullable()
    .meta({ description: 'The average to cross; null if it is compared with a price.', example: null }),
};

export const NewRuleSchema = component(
  'NewAlertRule',
  z.strictObject({
    symbol: z.string('must be a symbol').min(1).max(50).meta({ description: 'Symbol of an asset.', example: 'NVDA' }),
    timeframe: oneOf(STORED_TIMEFRAMES).meta({
      description: 'Length of the bars; one that is stored for the asset.',
      example: '1m',
    }),
    measure,
    direction,
    level: ruleFields.level.optional(),
    against: ruleFields.against.optional(),
  }),
);
export type NewRule = z.output<typeof NewRuleSchema>;

export const RuleSchema = component(
  'AlertRule',
  z.object({
    id: z.int().meta({ description: 'Id of the rule.', example: 7 }),
    symbol: assetHead.symbol,
    timeframe,
    ...ruleFields,
    words: z.string().meta({ description: 'The rule in words.', example: 'the close of NVDA (1m) is above 140' }),
    createdAt: instant('When it was made, wall clock.'),
  }),
);
export type RuleBody = z.output<typeof RuleSchema>;

export const RulesSchema = component('AlertRules', z.object({ rules: z.array(RuleSchema) }));
export type RulesBody = z.output<typeof RulesSchema>;

export const RulesQuery = z.strictObject({
  symbol: z
    .string()
    .max(50, 'not a symbol')
    .optional()
    .meta({ description: 'Return only rules about this asset.', example: 'SPY' }),
});
export type RulesFilter = z.output<typeof RulesQuery>;

export const DeleteRuleQuery = z.strictObject({ reason: reason.optional() });
export type DeleteRuleReason = z.output<typeof DeleteRuleQuery>;

import type { OperationDocs } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import {
  AlertsQuery,
  AlertsSchema,
  DeleteRuleQuery,
  NewRuleSchema,
  RuleSchema,
  RulesQuery,
  RulesSchema,
} from './alerts.schema.js';

export const alertsDocs: OperationDocs = {
  operationId: 'alerts',
  summary: 'List alerts',
  description:
    'Lists what a person should know about, newest first: by default only what is wrong now. Alerts are evaluated every minute. Those about a market open only in its hours, never about a market that is closed, and close as soon as their cause is gone.',
  query: AlertsQuery,
  ok: AlertsSchema,
};

export const rulesDocs: OperationDocs = {
  operationId: 'alertRules',
  summary: 'List crossing rules',
  description: 'Lists the rules about prices and averages, in the order in which they were made.',
  query: RulesQuery,
  ok: RulesSchema,
  problems: UNKNOWN_SYMBOL,
};

export const newRuleDocs: OperationDocs = {
  operationId: 'createAlertRule',
  summary: 'Watch for a crossing',
  description:
    'From the next final bar on, an alert opens when the watched value crosses the level or average, and closes when it crosses back. Give either `level` or `against`. A level is not adjusted for splits.',
  admin: true,
  body: {
    schema: NewRuleSchema,
    examples: {
      'A price': { symbol: 'SPY', timeframe: '1m', measure: 'close', direction: 'above', level: 640 },
      'Two averages': { symbol: 'SPY', timeframe: '1d', measure: 'sma_20', direction: 'below', against: 'sma_50' },
    },
  },
  ok: RuleSchema,
  problems: UNKNOWN_SYMBOL,
};

export const deleteRuleDocs: OperationDocs = {
  operationId: 'deleteAlertRule',
  summary: 'Delete a crossing rule',
  description: 'Deletes the rule. Its alert, if one is open, closes at the next evaluation.',
  admin: true,
  path: { id: { description: 'Id of the rule.', example: '7' } },
  query: DeleteRuleQuery,
  ok: RuleSchema,
  problems: { 404: ['unknown-alert-rule', 'Unknown rule.'] },
};

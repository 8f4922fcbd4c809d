import { expect, it } from 'vitest';
import { NewRuleSchema } from './alerts.schema.js';

it('says which value of a rule may be meant', () => {
  const rule = NewRuleSchema.safeParse({ symbol: 'SPY', timeframe: '1Min', measure: 'closes', direction: 'abov' });
  expect(rule.error?.issues.map(({ path, message }) => [path[0], message.split('; ')[1]])).toEqual([
    ['timeframe', 'did you mean 1m?'],
    ['measure', 'did you mean close?'],
    ['direction', 'did you mean above?'],
  ]);
});

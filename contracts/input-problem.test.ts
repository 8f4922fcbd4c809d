import { expect, it } from 'vitest';
import {
  ADJUST_FIELDS,
  HEAL_FIELDS,
  inputProblem,
  LIVE_FIELDS,
  LOOK_UP_FIELDS,
  VERIFY_FIELDS,
} from './input-problem.js';

it.each([
  [null, LIVE_FIELDS],
  [undefined, VERIFY_FIELDS],
  [{}, VERIFY_FIELDS],
  [{ symbols: undefined, timeframes: ['1m', '1d'] }, VERIFY_FIELDS],
  [{ pipeline: 'verify_bars', symbols: ['SPY'] }, HEAL_FIELDS],
  [{ pipeline: 'stocks_1d', at: '2026-11-27T14:30:00Z', symbols: ['SPY'] }, LIVE_FIELDS],
])('finds nothing wrong with %j', (input, fields) => {
  expect(inputProblem(input, fields)).toBeNull();
});

it.each([
  [{ symbls: ['SPY'] }, VERIFY_FIELDS, 'symbls: unknown field; allowed: symbols, timeframes'],
  [{ constructor: 1 }, VERIFY_FIELDS, 'constructor: unknown field; allowed: symbols, timeframes'],
  [{ symbols: 'SPY' }, VERIFY_FIELDS, 'symbols: must be a list of symbols, such as ["SPY"]'],
  [{ symbols: [] }, LIVE_FIELDS, 'symbols: must be a list of symbols, such as ["SPY"]'],
  [{ symbols: [7] }, LIVE_FIELDS, 'symbols: must be a list of symbols, such as ["SPY"]'],
  [{ symbols: null }, LIVE_FIELDS, 'symbols: must be a list of symbols, such as ["SPY"]'],
  [{ timeframes: ['5m'] }, VERIFY_FIELDS, 'timeframes: must be a list of timeframes: 1m, 30m, 4h, 1d, 4d'],
  [{ at: 'yesterday' }, LIVE_FIELDS, 'at: must be an RFC 3339 time'],
  [{ at: 1_795_185_000 }, LIVE_FIELDS, 'at: must be an RFC 3339 time'],
  [{ pipeline: 'heal' }, HEAL_FIELDS, 'pipeline: must be one of heal_gaps, verify_bars'],
  [{ pipeline: 'toString' }, LIVE_FIELDS, /^pipeline: must be one of stocks_1min, /],
  ['SPY', VERIFY_FIELDS, 'the input must be a JSON object; fields: symbols, timeframes'],
  [['SPY'], LIVE_FIELDS, 'the input must be a JSON object; fields: pipeline, at, symbols'],
])('refuses %j', (input, fields, problem) => {
  expect(inputProblem(input, fields)).toMatch(problem);
});

it.each([
  [undefined, ADJUST_FIELDS, 'assetId: must be given'],
  [{ assetId: 1 }, ADJUST_FIELDS, 'symbol: must be given'],
  [{ assetId: '1', symbol: 'SPY' }, ADJUST_FIELDS, 'assetId: must be a whole number'],
  [{ assetId: 1, symbol: 'SPY', source: 'bloomberg' }, ADJUST_FIELDS, /^source: must be one of yahoo, /],
  [{ provider: 'file', questions: [] }, LOOK_UP_FIELDS, /^provider: must be one of yahoo, /],
  [{ provider: 'yahoo' }, LOOK_UP_FIELDS, 'questions: must be given'],
  [{ provider: 'yahoo', questions: [null] }, LOOK_UP_FIELDS, /^questions: must be a list of questions, /],
  [{ provider: 'yahoo', questions: [{ kind: 'riddle' }] }, LOOK_UP_FIELDS, /^questions: must be a list of questions, /],
])('refuses %j, where fields must be there', (input, fields, problem) => {
  expect(inputProblem(input, fields)).toMatch(problem);
});

it.each([
  [{ assetId: 1, symbol: 'SPY' }, ADJUST_FIELDS],
  [{ provider: 'yahoo', questions: [{ kind: 'search', text: 'apple' }] }, LOOK_UP_FIELDS],
])('finds nothing wrong with %j, which has what must be there', (input, fields) => {
  expect(inputProblem(input, fields)).toBeNull();
});

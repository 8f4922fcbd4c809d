import { describe, expect, it } from 'vitest';
import { filterOf, nameOf, runOf } from './run-filter';

describe('the filter of runs in a URL', () => {
  it('keeps the values that the API knows and drops all others', () => {
    const url = new URLSearchParams('pipeline=stocks_1min&status=moon&trigger=manual&limit=5');
    expect(filterOf(url)).toEqual({ pipeline: 'stocks_1min', trigger: 'manual' });
    expect(filterOf(new URLSearchParams())).toEqual({});
  });
});

describe('a run in a URL', () => {
  it.each(['stocks_1min-2026-11-24T03:09:10Z', 'backfill/of/a-day'])('survives the round trip: %s', (workflowId) => {
    const run = { workflowId, runId: '01a20b87-5c79-74c6-b153-df3113f1834b' };
    expect(runOf(nameOf(run))).toEqual(run);
  });

  it.each([null, '', 'stocks_1min', '/01a20b87-5c79-74c6-b153-df3113f1834b', 'a/b'])(
    'is null if the text does not name one: %s',
    (name) => {
      expect(runOf(name)).toBeNull();
    },
  );
});

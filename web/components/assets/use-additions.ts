import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Declined } from '../../lib/api/token-prompt';
import { followAssets } from '../../lib/api/asset-queries';
import { ApiProblem, describeError } from '../../lib/api/errors';
import type { AskedProvider, Followed } from '../../lib/api/types';
import { randomKey } from '../../lib/random-key';

/** How far following something has come. */
export type Attempt =
  | { state: 'adding' }
  | {
      state: 'added';
      /** Its symbol here. */
      symbol: string;
      /** The run that fetches its bars; null if there is none. */
      workflowId: string | null;
    }
  | { state: 'refused'; message: string };

export type Attempts = ReadonlyMap<string, Attempt>;

/** What the user has asked to follow since the dialog opened, by the symbol that was asked for. */
export function useAdditions() {
  const client = useQueryClient();
  const [attempts, setAttempts] = useState<Attempts>(new Map());
  const put = (changes: Iterable<readonly [string, Attempt]>) =>
    setAttempts((before) => new Map([...before, ...changes]));
  const forget = (asked: readonly string[]) =>
    setAttempts((before) => new Map([...before].filter(([symbol]) => !asked.includes(symbol))));

  /** @param provider null = for each symbol the first that knows it */
  const add = async (asked: readonly string[], provider: AskedProvider | null): Promise<void> => {
    put(asked.map((symbol) => [symbol, { state: 'adding' }]));
    try {
      put(attemptsOf(await followAssets(asked, provider, randomKey())));
      await client.invalidateQueries();
    } catch (error) {
      if (error instanceof Declined) forget(asked);
      else put(asked.map((symbol, i) => [symbol, { state: 'refused', message: problemOf(error, i) }]));
    }
  };
  return { attempts, add };
}

const attemptsOf = ({ results, backfill }: Followed): [string, Attempt][] =>
  results.map(({ asked, outcome, message, asset }) => {
    if (asset === null) return [asked, { state: 'refused', message }];
    const workflowId = outcome === 'known' ? null : (backfill?.workflowId ?? null);
    return [asked, { state: 'added', symbol: asset.symbol, workflowId }];
  });

/** What is wrong with one of the symbols of a request that failed. */
function problemOf(error: unknown, index: number): string {
  const own = error instanceof ApiProblem ? error.errors.get(`symbols.${index}`) : undefined;
  const { title, detail } = describeError(error);
  return own ?? detail ?? title;
}

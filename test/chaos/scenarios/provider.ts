import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE, SECOND } from '../../../domain/timeframe.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';
import { until } from '../until.js';

const REQUESTS = 3;
const REQUESTS_MS = 5 * MINUTE;
/** A live run fires each minute, so at least one meets the fault. */
const FAULT_MS = 70 * SECOND;
/** After failures, a provider is left alone for a while (docs/providers.md). */
const RECOVERY_S = 75;

const requests = async (product: Product): Promise<number> =>
  (await product.page<{ requests: number }>('/__log')).requests;

/** Responses of one kind, from both providers, until a live run has met them. */
function responses(mode: string, what: string, quick?: true): Scenario {
  return {
    name: `provider-${mode}`,
    fault: `for ${FAULT_MS / SECOND} s, both providers send ${what}`,
    recoveryS: RECOVERY_S,
    quick,
    async inject({ product, probe }) {
      const before = await requests(product);
      await product.page('/__faults', { mode });
      try {
        await probe.start();
        await Promise.all([
          delay(FAULT_MS),
          until('requests that fail', REQUESTS_MS, async () => (await requests(product)) >= before + REQUESTS),
        ]);
      } finally {
        await product.page('/__faults', { mode: 'none' });
      }
    },
  };
}

/** Each mode is one of the sandbox's `/__faults`. */
export const PROVIDER_SCENARIOS: readonly Scenario[] = [
  responses('storm', 'failures of every kind for 4 of 10 requests'),
  responses('limited', '429, CoinGecko with Retry-After'),
  responses('error', '500', true),
  responses('delisted', '404: the symbol may be delisted'),
  responses('hang', 'nothing: connections hang'),
  responses('reset', 'nothing: connections are reset'),
  responses('truncated', 'half of each body'),
  responses('html', 'a page of HTML with status 200'),
  responses('text', 'a line of text with status 200'),
  responses('empty', 'an empty body with status 200'),
  responses('giant', 'bodies of 512 MB'),
  responses('wrong-symbol', 'the chart of another stock (Yahoo; CoinGecko does not say whose its candles are)'),
  responses('nulls', 'rows of which a fifth have no values'),
  responses('negative', 'prices below 0'),
  responses('duplicates', 'each row twice'),
  responses('shuffled', 'rows from the newest to the oldest'),
  responses('drift', 'another format'),
];

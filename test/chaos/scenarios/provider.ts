import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderId } from '../../../config/catalog/providers.js';
import { MINUTE, SECOND } from '../../../domain/timeframe.js';
import { Probe } from '../probe.js';
import type { Product } from '../product.js';
import type { Scenario, Stage } from '../scenario.js';
import { until } from '../until.js';

const REQUESTS = 3;
const REQUESTS_MS = 5 * MINUTE;
/** A live run fires each minute, so at least one meets the fault. */
const FAULT_MS = 70 * SECOND;
const QUICK_MS = 15 * SECOND;
/** After failures, a provider is left alone for a while (docs/providers.md). */
const RECOVERY_S = 75;
/** A provider that sends 429 is probed 10 s apart, and later after a quarter of the time that it has refused. */
const LIMITED_S = 30;

/** At most so many times the requests that the same work takes without a storm. */
const MOST_IN_STORM = 3;
/** The providers of that work. */
const WORKED = ['yahoo', 'coingecko'] as const satisfies ProviderId[];
const COINS = ['BTC', 'ETH', 'SOL', 'XRP'];

type Traffic = { requests: number } & Record<ProviderId, { requests: number }>;
const traffic = (product: Product): Promise<Traffic> => product.page<Traffic>('/__log');
const requests = async (product: Product): Promise<number> => (await traffic(product)).requests;

/** Backfills from both providers and what live runs meanwhile request. @returns the requests that each provider received */
async function requestsOfWork({ product, probe }: Pick<Stage, 'product' | 'probe'>): Promise<number[]> {
  const before = await traffic(product);
  const ofCoins = new Probe(product);
  await Promise.all([probe.start(), ofCoins.start(COINS, ['30m', '4h'])]);
  await Promise.all([delay(FAULT_MS), probe.ended(REQUESTS_MS), ofCoins.ended(REQUESTS_MS)]);
  const after = await traffic(product);
  return WORKED.map((name) => after[name].requests - before[name].requests);
}

/** The same work in calm and in a storm. */
async function compareStorm({ product, probe }: Stage): Promise<void> {
  const calm = await requestsOfWork({ product, probe: new Probe(product) });
  await product.page('/__faults', { mode: 'storm' });
  const stormy = await requestsOfWork({ product, probe }).finally(() => product.page('/__faults', { mode: 'none' }));
  for (const [i, name] of WORKED.entries())
    if (stormy[i]! > MOST_IN_STORM * calm[i]!)
      throw new Error(`${name} received ${stormy[i]} requests in the storm, ${calm[i]} without`);
}

/** Responses of one kind, from both providers, until a live run has met them, or for a moment if it is to be quick. */
function responses(
  mode: string,
  what: string,
  { quick, recoveryS = RECOVERY_S }: Pick<Partial<Scenario>, 'quick' | 'recoveryS'> = {},
): Scenario {
  const faultMs = quick ? QUICK_MS : FAULT_MS;
  return {
    name: `provider-${mode}`,
    fault: `for ${faultMs / SECOND} s, both providers send ${what}`,
    recoveryS,
    quick,
    async inject({ product, probe }) {
      const before = await requests(product);
      await product.page('/__faults', { mode });
      try {
        await probe.start();
        await Promise.all([
          delay(faultMs),
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
  {
    name: 'provider-storm',
    fault:
      `for ${FAULT_MS / SECOND} s or longer, both providers send failures of every kind for 4 of 10 requests; they receive at most ` +
      `${MOST_IN_STORM} times the requests of the same work without a storm`,
    recoveryS: RECOVERY_S,
    inject: compareStorm,
  },
  responses('limited', '429, CoinGecko with Retry-After', { recoveryS: LIMITED_S }),
  responses('error', '500', { quick: true }),
  responses('delisted', '404: the symbol may be delisted'),
  responses('hang', 'nothing: connections hang'),
  responses('reset', 'nothing: connections are reset'),
  responses('half-open', 'half of each body, and then nothing: the connection stays open'),
  responses('truncated', 'half of each body'),
  responses('html', 'a page of HTML with status 200'),
  responses('text', 'a line of text with status 200'),
  responses('empty', 'an empty body with status 200'),
  responses('giant', 'bodies of 512 MB'),
  responses('wrong-symbol', 'the chart of another stock (Yahoo; CoinGecko does not say whose its candles are)'),
  responses('nulls', 'rows of which a fifth have no values'),
  responses('nan', 'NaN for prices'),
  responses('negative', 'prices below 0'),
  responses('duplicates', 'each row twice'),
  responses('shuffled', 'rows from the newest to the oldest'),
  responses('drift', 'another format'),
];

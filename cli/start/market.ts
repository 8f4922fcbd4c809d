import { baseUrlsOf, givenBaseUrl } from '../../config/base-urls.js';
import { FIRST_ASSETS } from '../../config/catalog/first-assets.js';
import { probeHost } from '../lib/probe-host.js';
import type { StartOptions } from './options.js';

export type MarketMode = 'live' | 'sandbox';

/** The database of each market on the embedded server: real and simulated bars never share one. */
export const DATABASE_OF = { live: 'barkeep', sandbox: 'barkeep_sandbox' } as const satisfies Record<
  MarketMode,
  string
>;

export interface MarketChoice {
  mode: MarketMode;
  /** One sentence for the user: the choice and its reason. */
  sentence: string;
}

/**
 * Chooses between the real providers and the simulated exchange; probes the providers only in mode `auto`: those of the first
 * assets, without which there is nothing to show.
 */
export async function chooseMarket({ env, modeFlag }: StartOptions, probe = whyUnreachable): Promise<MarketChoice> {
  const setting = modeFlag ? `--${modeFlag}` : `MARKET_MODE=${env.MARKET_MODE}`;
  if (env.MARKET_MODE === 'sandbox') return sandbox(`set by ${setting}`);
  const first = [...new Set(FIRST_ASSETS.map(({ provider }) => provider))];
  const urls = baseUrlsOf(env);
  const hosts = first.map((id) => urls[id]);
  if (env.MARKET_MODE === 'live') return live(hosts, `set by ${setting}`);
  if (first.some((id) => givenBaseUrl(id, env))) return live(hosts, 'base URLs are set');
  if (env.NODE_ENV === 'production') return live(hosts, 'production is always live');
  const reasons = await Promise.all(hosts.map((host) => probe(host)));
  const missing = hosts.flatMap((host, i) => (reasons[i] === null ? [] : [`${new URL(host).host}: ${reasons[i]}`]));
  if (missing.length === 0) return live(hosts, 'all reachable');
  return sandbox(`cannot reach ${missing.join(', nor ')}; --live skips this check`);
}

const live = (hosts: string[], why: string): MarketChoice => ({
  mode: 'live',
  sentence: `Market data: live from ${[...new Set(hosts.map((host) => new URL(host).host))].join(' and ')} (${why}).`,
});

const sandbox = (why: string): MarketChoice => ({
  mode: 'sandbox',
  sentence: `Market data: SIMULATED by the sandbox (${why}). No bar is real.`,
});

/** Null if the host responds at all: an error page counts too. */
const whyUnreachable = (url: string): Promise<string | null> =>
  probeHost(url).then(
    () => null,
    (error: Error) => error.message,
  );

import { baseUrlsOf } from '../../config/base-urls.js';
import type { StartOptions } from './options.js';

export type MarketMode = 'live' | 'sandbox';

export interface MarketChoice {
  mode: MarketMode;
  /** One sentence for the user: what was taken and why. */
  sentence: string;
}

const PROBE_MS = 3_000;

/** Decides between the real providers and the simulated exchange; asks the network only in mode `auto`. */
export async function chooseMarket({ env, modeFlag }: StartOptions, probe = canReach): Promise<MarketChoice> {
  const asked = modeFlag ? `--${modeFlag}` : `MARKET_MODE=${env.MARKET_MODE}`;
  if (env.MARKET_MODE === 'sandbox') return sandbox(`as asked (${asked})`);
  const hosts = Object.values(baseUrlsOf(env));
  if (env.MARKET_MODE === 'live') return live(hosts, `as asked (${asked})`);
  if (env.YAHOO_BASE_URL || env.COINGECKO_BASE_URL) return live(hosts, 'as the base URLs set say');
  if (env.NODE_ENV === 'production') return live(hosts, 'as always in production');
  const reached = await Promise.all(hosts.map((host) => probe(host)));
  const missing = hosts.filter((_, i) => !reached[i]).map((host) => new URL(host).host);
  if (missing.length === 0) return live(hosts, 'both can be reached');
  return sandbox(`because ${missing.join(' and ')} cannot be reached from here (--live insists)`);
}

const live = (hosts: string[], why: string): MarketChoice => ({
  mode: 'live',
  sentence: `Market data: live from ${[...new Set(hosts.map((host) => new URL(host).host))].join(' and ')}, ${why}.`,
});

const sandbox = (why: string): MarketChoice => ({
  mode: 'sandbox',
  sentence: `Market data: SIMULATED by the sandbox, ${why}. No bar is real.`,
});

/** Any answer counts, an error page too: only whether the host is there. */
async function canReach(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

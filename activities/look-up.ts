import { Context } from '@temporalio/activity';
import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import { searchLimits } from '../config/rates.js';
import { FAILURES } from '../contracts/failures.js';
import type { Answer, LookUpQuestion, Question } from '../contracts/look-up.js';
import { returnSearch, takeSearch } from '../db/repositories/provider/search-share.js';
import { ProviderError, type Provider, type RawPayload } from '../providers/provider.js';
import type { Deps } from './deps.js';
import { failureTypeOf } from './failures.js';
import { priceComparison } from './compare-prices.js';
import { sendWithPermit } from './permitted-request.js';

export const lookUpActivities = ({
  pool,
  providers,
  gates,
  rates,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'providers' | 'gates' | 'rates' | 'clockOffsetMs'>) => {
  /**
   * Asks a provider one question, in at most one request of the live lane; searches use no more than their share of it. That
   * it knows no such symbol, or no longer has the days to compare, is an answer.
   */
  async function lookUp({ provider: id, question }: LookUpQuestion): Promise<Answer> {
    const signal = Context.current().cancellationSignal;
    const provider = providers[id];
    const known = question.kind === 'instrument' ? provider.knownByName?.(question.providerSymbol) : null;
    if (known) return { instruments: [known], failure: null };
    const asked = await askedOf(pool, provider, question);
    if (!asked) return { instruments: [], failure: null };
    const refused = question.kind === 'search' ? await refusedSearch(id) : null;
    if (refused) return { instruments: [], failure: refused };
    const sending = { provider: id, lane: 'live' as const, runId: null, signal };
    let isSent = false;
    try {
      const { payload, record } = await sendWithPermit({ pool, gates }, sending, async (permit, held) => {
        isSent = true;
        return asked.fetch(permit.takenAtMs + clockOffsetMs, held);
      });
      await record(null);
      return { instruments: [], ...asked.read(payload.body), failure: null };
    } catch (error) {
      // without a permit, the next attempt takes its own share
      if (!isSent && question.kind === 'search') await returnSearch(pool, id);
      if (!(error instanceof ProviderError)) throw error;
      const isAnswer =
        error.kind === 'unknown-symbol' || (question.kind === 'prices' && error.kind === 'not-obtainable');
      if (isAnswer) return { instruments: [], failure: null };
      return { instruments: [], failure: { type: failureTypeOf(error), message: error.message } };
    }
  }

  /** Why a search is not sent: the live runs need the rest of the provider's limits. Null if it may be. */
  async function refusedSearch(id: ProviderId): Promise<Answer['failure']> {
    const limits = searchLimits(id, rates[id]);
    const decision = await takeSearch(pool, id, limits);
    if (decision.ok) return null;
    const { name } = PROVIDERS[id];
    const rest = `the rest of what ${name} allows is for live runs`;
    if (decision.limit === 'perMonth')
      return {
        type: FAILURES.QuotaSpent,
        message: `${name}: the month's ${limits.perMonth} searches are used up, and ${rest}. Add an asset by its symbol instead`,
      };
    const seconds = Math.max(1, Math.ceil(decision.waitMs / 1000));
    return {
      type: FAILURES.PermitBusy,
      message: `${name}: no more than ${limits.perMinute} searches a minute, as ${rest}. Try again in ${seconds} s`,
    };
  }

  return { lookUp };
};

/** How a question is asked, and what the response says. */
interface Asked {
  /** @param now the market clock, epoch ms */
  fetch: (now: number, signal: AbortSignal) => Promise<RawPayload>;
  read: (body: Buffer) => Partial<Pick<Answer, 'instruments' | 'prices'>>;
}

/** @returns null if the question needs no request: there is nothing to compare */
async function askedOf(pool: Deps['pool'], provider: Provider, question: Question): Promise<Asked | null> {
  if (question.kind === 'search')
    return {
      fetch: async (_now, signal) => provider.fetchSearch?.(question.text, signal) ?? hasNoSearch(provider),
      read: (body) => ({ instruments: provider.parseSearch?.(body) ?? [] }),
    };
  const { providerSymbol } = question;
  if (question.kind === 'instrument')
    return {
      fetch: async (now, signal) => provider.fetchInstrument?.(providerSymbol, now, signal) ?? hasNoSearch(provider),
      read: (body) => ({
        instruments: [provider.parseInstrument?.(body, providerSymbol)].filter((one) => one != null),
      }),
    };
  const comparison = await priceComparison(pool, provider, question.assetId, providerSymbol);
  return (
    comparison && {
      fetch: async (now, signal) => provider.fetchBars({ ...comparison.request, now }, signal),
      read: (body) => ({ prices: comparison.compare(body) }),
    }
  );
}

function hasNoSearch({ id }: Provider): never {
  throw new ProviderError('not-obtainable', `${id} has no search`);
}

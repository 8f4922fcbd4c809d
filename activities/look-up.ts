import { Context } from '@temporalio/activity';
import type { Answer, LookUpQuestion, Question } from '../contracts/look-up.js';
import { ProviderError, type Provider, type RawPayload } from '../providers/provider.js';
import type { Deps } from './deps.js';
import { failureTypeOf } from './failures.js';
import { sendWithPermit } from './permitted-request.js';

export const lookUpActivities = ({
  pool,
  providers,
  gates,
  clockOffsetMs,
}: Pick<Deps, 'pool' | 'providers' | 'gates' | 'clockOffsetMs'>) => {
  /** Asks a provider one question, in at most one request of the live lane. That it knows no such symbol is an answer. */
  async function lookUp({ provider: id, question }: LookUpQuestion): Promise<Answer> {
    const signal = Context.current().cancellationSignal;
    const provider = providers[id];
    const known = question.kind === 'instrument' ? provider.knownByName?.(question.providerSymbol) : null;
    if (known) return { instruments: [known], failure: null };
    const sending = { provider: id, lane: 'live' as const, runId: null, signal };
    try {
      const { payload, record } = await sendWithPermit({ pool, gates }, sending, (permit, held) =>
        ask(provider, question, permit.takenAtMs + clockOffsetMs, held),
      );
      await record(null);
      return { instruments: read(provider, question, payload.body), failure: null };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (error.kind === 'unknown-symbol') return { instruments: [], failure: null };
      return { instruments: [], failure: { type: failureTypeOf(error), message: error.message } };
    }
  }

  return { lookUp };
};

async function ask(provider: Provider, question: Question, now: number, signal: AbortSignal): Promise<RawPayload> {
  const sent =
    question.kind === 'search'
      ? provider.fetchSearch?.(question.text, signal)
      : provider.fetchInstrument?.(question.providerSymbol, now, signal);
  if (!sent) throw new ProviderError('not-obtainable', `${provider.id} has no search`);
  return sent;
}

function read(provider: Provider, question: Question, body: Buffer): Answer['instruments'] {
  if (question.kind === 'search') return provider.parseSearch?.(body) ?? [];
  const instrument = provider.parseInstrument?.(body, question.providerSymbol);
  return instrument ? [instrument] : [];
}

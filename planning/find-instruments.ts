import type pg from 'pg';
import { type AssetStatus, statusOf } from '../config/catalog/asset-kinds.js';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import type { Instrument } from '../config/catalog/instrument.js';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import {
  type AskedProviderId,
  isAsked,
  PROVIDER_IDS,
  type ProviderId,
  PROVIDERS,
} from '../config/catalog/providers.js';
import type { Answer, LookUpInput } from '../contracts/look-up.js';
import { AssetReader, type AssetRow } from '../db/repositories/read/asset-reader.js';
import type { StoredTimeframe } from '../domain/timeframe.js';

/** Has a worker ask a provider. @throws if no answer came: its message is in words that a person can read */
export type LookUp = (input: LookUpInput) => Promise<Answer[]>;

/** An instrument that a person may mean. */
export interface FoundInstrument extends Instrument {
  provider: ProviderId;
  /** The provider that is asked for its bars; null for own files, which are imported. */
  askedProvider: AskedProviderId | null;
  /** What of it can be stored; nothing if it cannot be followed. */
  timeframes: StoredTimeframe[];
  /** The asset that follows it; null if none does. */
  followedAs: { symbol: string; status: AssetStatus } | null;
}

export interface FoundInstruments {
  /** What is followed already comes first, then what each provider found, best match first. */
  found: FoundInstrument[];
  /** The providers that were asked; each with the reason if it did not answer. */
  providers: { provider: ProviderId; failure: string | null }[];
}

/** Providers that have a search. */
export const SEARCHING = PROVIDER_IDS.filter((id) => PROVIDERS[id].searches);

/** Providers are not asked about less: everything would match. */
const MIN_LENGTH = 2;

/** Finds instruments by name, ticker or ISIN: among the assets, and at the providers that have a search. */
export async function findInstruments(pool: pg.Pool, lookUp: LookUp, text: string): Promise<FoundInstruments> {
  const assets = await new AssetReader(pool).all();
  const asked = text.length < MIN_LENGTH ? [] : SEARCHING;
  const answers = await Promise.all(asked.map(async (provider) => search(lookUp, provider, text)));
  const others = answers.flatMap(({ provider, instruments }) =>
    instruments.map((instrument) => found(provider, instrument, assets)),
  );
  // a provider may find by another name what is followed
  const own = assets.filter((asset) => isMeant(asset, text) || others.some((other) => isSame(asset, other)));
  return {
    found: [...own.map((asset) => asFound(asset, assets)), ...others.filter(({ followedAs }) => followedAs === null)],
    providers: answers.map(({ provider, failure }) => ({ provider, failure })),
  };
}

async function search(lookUp: LookUp, provider: ProviderId, text: string) {
  try {
    const [answer] = await lookUp({ provider, questions: [{ kind: 'search', text }] });
    return { provider, instruments: answer!.instruments, failure: answer!.failure?.message ?? null };
  } catch (error) {
    return { provider, instruments: [], failure: (error as Error).message };
  }
}

/** Part of the symbol or of the name, or the provider's symbol. */
function isMeant({ symbol, name, providerSymbol }: AssetRow, text: string): boolean {
  const wanted = text.toLowerCase();
  return [symbol, name].some((one) => one.toLowerCase().includes(wanted)) || providerSymbol.toLowerCase() === wanted;
}

type OfProvider = Pick<FoundInstrument, 'provider' | 'providerSymbol'>;
const isSame = (a: OfProvider, b: OfProvider) => a.provider === b.provider && a.providerSymbol === b.providerSymbol;

/** The asset that follows an instrument, if there is one. */
export const followerOf = (assets: readonly AssetRow[], instrument: OfProvider): AssetRow | undefined =>
  assets.find((asset) => isSame(asset, instrument));

function found(provider: ProviderId, instrument: Instrument, assets: readonly AssetRow[]): FoundInstrument {
  const follower = followerOf(assets, { provider, ...instrument });
  return {
    provider,
    askedProvider: isAsked(provider) ? provider : null,
    ...instrument,
    timeframes: instrument.kind === null ? [] : timeframesOf({ provider, kind: instrument.kind }),
    followedAs: follower ? { symbol: follower.symbol, status: statusOf(follower) } : null,
  };
}

function asFound(asset: AssetRow, assets: readonly AssetRow[]): FoundInstrument {
  const { provider, providerSymbol, symbol, name, kind, exchange, currency, quotedIn } = asset;
  const exchangeName = EXCHANGES[exchange].name;
  const instrument = { providerSymbol, symbol, name, kind, exchange, exchangeName, currency, quotedIn };
  return found(provider, { ...instrument, refused: null }, assets);
}

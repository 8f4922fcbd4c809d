import type pg from 'pg';
import { statusOf } from '../config/catalog/asset-kinds.js';
import type { Instrument } from '../config/catalog/instrument.js';
import type { ProviderId } from '../config/catalog/providers.js';
import type { Answer } from '../contracts/look-up.js';
import { AssetReader, type AssetRow } from '../db/repositories/read/asset-reader.js';
import { changeStatus, insertAsset } from '../db/repositories/upkeep/asset-changes.js';
import type { By } from '../db/repositories/upkeep/audit-log.js';
import { changeSource } from './change-source.js';
import { addFurtherSources } from './further-sources.js';
import { findInstruments, followerOf, type FoundInstrument, type LookUp, SEARCHING } from './find-instruments.js';

/** What is to be followed: symbols of a provider, or of whichever provider knows them. */
export interface FollowRequest {
  symbols: readonly string[];
  provider?: ProviderId | undefined;
}

/** What came of one symbol. */
export type Followed = { asked: string } & (
  | { outcome: 'added' | 'resumed' | 'known'; asset: AssetRow }
  /** It cannot be followed: why, in words, and what can be instead. */
  | { outcome: 'refused'; reason: string; instead: FoundInstrument[] }
  /** A provider that may know it did not answer. */
  | { outcome: 'unanswered'; reason: string }
);

/** How many symbols one request may have. */
export const MAX_FOLLOWED = 50;
/** For so many refused symbols, alternatives are searched. */
const MAX_SEARCHES = 5;
const MAX_INSTEAD = 3;

/** Follows each symbol that can be followed; a paused or retired asset is resumed. @returns what came of each, in their order */
export async function follow(pool: pg.Pool, lookUp: LookUp, request: FollowRequest, by: By): Promise<Followed[]> {
  const symbols = [...new Set(request.symbols)];
  const outcomes = new Map<string, Followed>();
  const reader = new AssetReader(pool);
  const assets = await reader.all();
  const sources = request.provider ? [...assets, ...(await reader.furtherSources())] : assets;
  const known = async (asked: string, isMeant: (source: AssetRow) => boolean) => {
    const source = sources.find(isMeant);
    const asset = source && assets.find(({ id }) => id === (source.sourceOf ?? source.id));
    if (asset) outcomes.set(asked, await resumed(pool, lookUp, asset, request.provider && source, asked, by));
  };
  for (const asked of symbols) await known(asked, (one) => isNamed(one, asked, request.provider));
  const described = await describe(
    lookUp,
    symbols.filter((asked) => !outcomes.has(asked)),
    request.provider ? [request.provider] : SEARCHING,
  );
  await nameNameless(lookUp, [...described.values()]);
  for (const [asked, description] of described) {
    // what no provider knows, or could not be asked about, is what a source of that name follows
    const { provider, instrument } = description;
    await known(asked, (one) =>
      instrument
        ? one.provider === provider && one.providerSymbol === instrument.providerSymbol
        : request.provider === undefined && isAt(one, asked),
    );
    if (!outcomes.has(asked)) outcomes.set(asked, await added(pool, asked, description, by));
  }
  if ([...outcomes.values()].some(({ outcome }) => outcome === 'added')) {
    await addFurtherSources(pool);
    await recognizeAdded(pool, outcomes, described, request.provider);
  }
  const refused = [...outcomes.values()].filter((one) => one.outcome === 'refused').slice(0, MAX_SEARCHES);
  await Promise.all(
    refused.map(async (one) => {
      one.instead = await insteadOf(pool, lookUp, one.asked, described.get(one.asked)?.instrument ?? null);
    }),
  );
  return symbols.map((asked) => outcomes.get(asked)!);
}

const isAt = ({ providerSymbol }: AssetRow, asked: string) => providerSymbol.toUpperCase() === asked.toUpperCase();

/**
 * Whether a symbol that was asked for is that of a source, without asking anybody. The provider's own name counts only at
 * the provider that is asked first: at any other one, another asset may have the same.
 */
const isNamed = (source: AssetRow, asked: string, of: ProviderId | undefined): boolean =>
  of
    ? source.provider === of && isAt(source, asked)
    : source.symbol.toUpperCase() === asked.toUpperCase() || (source.provider === SEARCHING[0] && isAt(source, asked));

/** @param source that the request names, if it names a provider: resumed as well, if it alone is paused */
async function resumed(
  pool: pg.Pool,
  lookUp: LookUp,
  asset: AssetRow,
  source: AssetRow | undefined,
  asked: string,
  by: By,
): Promise<Followed> {
  const isPausedAlone = source !== undefined && source.pausedBecause !== null;
  if (isPausedAlone) await changeSource(pool, lookUp, asset, source.provider, { status: 'active' }, by);
  const active = asset.active ? undefined : await changeStatus(pool, asset, 'active', by);
  return { asked, outcome: active || isPausedAlone ? 'resumed' : 'known', asset: active ?? asset };
}

/** What a provider says of a symbol. Without an instrument, no provider knows it, or one could not be asked. */
interface Description {
  provider: ProviderId | null;
  instrument: Instrument | null;
  /** Why a provider could not be asked; null if all asked ones answered. */
  failure: string | null;
}

/**
 * Asks one provider after the other about the symbols that none before it knows. After one that could not be asked, no
 * other is: to it, the symbol may be something else.
 */
async function describe(
  lookUp: LookUp,
  symbols: readonly string[],
  providers: readonly ProviderId[],
): Promise<Map<string, Description>> {
  const described = new Map(
    symbols.map((asked): [string, Description] => [asked, { provider: null, instrument: null, failure: null }]),
  );
  for (const provider of providers) {
    const unknown = symbols.filter((asked) => {
      const { instrument, failure } = described.get(asked)!;
      return instrument === null && failure === null;
    });
    if (unknown.length === 0) break;
    const answers = await answersOf(lookUp, provider, unknown);
    unknown.forEach((asked, i) => {
      const description = described.get(asked)!;
      const { instruments, failure } = answers[i]!;
      if (failure) description.failure = failure.message;
      if (instruments[0]) Object.assign(description, { provider, instrument: instruments[0] });
    });
  }
  return described;
}

/** Looks for the names of instruments that their provider described without one: a search knows them. */
async function nameNameless(lookUp: LookUp, described: readonly Description[]): Promise<void> {
  const nameless = described.flatMap(({ provider, instrument }) =>
    provider && instrument?.refused === null && instrument.name === instrument.symbol ? [{ provider, instrument }] : [],
  );
  await Promise.all(
    nameless.map(async ({ provider, instrument }) => {
      const questions = [{ kind: 'search' as const, text: instrument.providerSymbol }];
      const [answer] = await lookUp({ provider, questions }).catch((): Answer[] => []);
      const same = answer?.instruments.find((one) => one.providerSymbol === instrument.providerSymbol);
      if (same) instrument.name = same.name;
    }),
  );
}

async function answersOf(lookUp: LookUp, provider: ProviderId, symbols: readonly string[]): Promise<Answer[]> {
  const questions = symbols.map((providerSymbol) => ({ kind: 'instrument' as const, providerSymbol }));
  try {
    return await lookUp({ provider, questions });
  } catch (error) {
    const failure = { type: 'Unanswered', message: (error as Error).message };
    return symbols.map(() => ({ instruments: [], failure }));
  }
}

async function added(
  pool: pg.Pool,
  asked: string,
  { provider, instrument, failure }: Description,
  by: By,
): Promise<Followed> {
  if (!provider || !instrument) {
    if (failure !== null) return { asked, outcome: 'unanswered', reason: failure };
    return refusal(asked, `no provider knows ${asked}`);
  }
  if (instrument.refused !== null) return refusal(asked, instrument.refused);
  // a coin and a share may have the same ticker, and two coins as well: the second gets the provider's own name
  const own = instrument.providerSymbol.toUpperCase();
  let refused: string | null = null;
  for (const symbol of new Set([instrument.symbol, own])) {
    const row = await insertAsset(pool, provider, { ...instrument, symbol }, by);
    if (row === 'taken') continue;
    if (!('refused' in row)) return { asked, outcome: 'added', asset: row };
    refused = row.refused;
    break;
  }
  // another spelling in this request, or another request, may have followed it meanwhile
  const reader = new AssetReader(pool);
  const follower = followerOf(await reader.all(), { provider, ...instrument });
  if (follower) return { asked, outcome: 'known', asset: follower };
  if (refused !== null) return refusal(asked, refused);
  const bad = (await reader.problems()).find(({ symbol }) => symbol === instrument.symbol);
  if (bad)
    return refusal(asked, `its symbol is that of a row that cannot be used (${bad.problem}): correct or delete it`);
  return refusal(asked, `the symbol ${instrument.symbol} is that of another asset`);
}

/** What no provider knows may be the symbol that another one of the request has got: dogecoin is followed as DOGE. */
async function recognizeAdded(
  pool: pg.Pool,
  outcomes: Map<string, Followed>,
  described: ReadonlyMap<string, Description>,
  provider: ProviderId | undefined,
): Promise<void> {
  const assets = await new AssetReader(pool).all();
  for (const [asked, { instrument }] of described) {
    const asset = instrument ? undefined : assets.find((one) => isNamed(one, asked, provider));
    if (asset) outcomes.set(asked, { asked, outcome: 'known', asset });
  }
}

const refusal = (asked: string, reason: string): Extract<Followed, { outcome: 'refused' }> => ({
  ...{ asked, outcome: 'refused', reason },
  instead: [],
});

/** What can be followed and is near to what cannot: found by its name, or by its symbol without class and exchange. */
async function insteadOf(
  pool: pg.Pool,
  lookUp: LookUp,
  asked: string,
  instrument: Instrument | null,
): Promise<FoundInstrument[]> {
  const hasName = instrument !== null && instrument.name.toUpperCase() !== instrument.symbol;
  const text = hasName ? instrument.name : asked.replace(/^\^/, '').replace(/[=./\-].*$/, '');
  const { found } = await findInstruments(pool, lookUp, text || asked);
  return found.filter(({ refused }) => refused === null).slice(0, MAX_INSTEAD);
}

/** The outcome in words, for people. */
export function followedInWords(one: Followed): string {
  if (one.outcome === 'unanswered') return `${one.asked} could not be checked: ${one.reason}`;
  if (one.outcome === 'refused') {
    const instead = one.instead.map(({ providerSymbol, name }) => `${providerSymbol} (${name})`).join(', ');
    const advice = instead ? `Can be followed: ${instead}` : 'Search by name, ticker or ISIN for what can be followed';
    return `${one.asked} cannot be followed: ${one.reason}. ${advice}`;
  }
  const { symbol, name, exchange, currency, quotedIn } = one.asset;
  const unit = quotedIn ? `${currency}, quoted in ${quotedIn}` : currency;
  const what = { added: 'is followed from now on', resumed: 'is followed again', known: 'is followed already' };
  return `${symbol} ${what[one.outcome]}: ${name}, ${exchange}, ${unit}`;
}

/** What a change of the status did, in words. */
export const statusInWords = (asset: AssetRow): string =>
  `${asset.symbol} is ${statusOf(asset)}${asset.inactiveBecause ? `: ${asset.inactiveBecause}` : ''}`;

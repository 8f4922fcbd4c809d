import type pg from 'pg';
import { isAsked, type ProviderId, PROVIDERS } from '../config/catalog/providers.js';
import type { AssetRow } from '../db/repositories/read/asset-reader.js';
import { refusalOf } from '../db/repositories/upkeep/asset-changes.js';
import { type By, lockSubject, recordAudit } from '../db/repositories/upkeep/audit-log.js';
import { sourcesOf, storeSources } from '../db/repositories/upkeep/source-changes.js';
import { inTransaction } from '../db/transaction.js';
import { arrangeSources } from '../domain/series/arrange-sources.js';
import { BadInputError } from './bad-input.js';
import { type LookUp, SEARCHING } from './find-instruments.js';
import { confirmedInstrument } from './rename.js';

/** What changes of a source of an asset; the rest stays. */
export interface SourceChange {
  /** From 1 on; the sources in between move by one. */
  rank?: number | undefined;
  role?: AssetRow['role'] | undefined;
  /** Whether runs request it, while its asset is active. */
  status?: 'active' | 'paused' | undefined;
  /** The provider's own name of the asset. */
  providerSymbol?: string | undefined;
}

/** The asset has no source of that provider. */
export class UnknownSourceError extends BadInputError {
  override readonly name = 'UnknownSourceError';
}

/** A source that has been changed. */
export interface ChangedSource {
  /** The sources of its asset as they are now, by rank. */
  sources: AssetRow[];
  /** It was resumed, or has another symbol: its bars are to be fetched at once. */
  isDue: boolean;
}

/**
 * Changes a source of an asset. What is served follows from the next read on; nothing stored changes.
 * @param lookUp asks the provider about a new symbol
 * @param name of the provider, as a person wrote it
 * @throws UnknownSourceError if there is no such source, BadInputError that says why it cannot be changed like that
 */
export async function changeSource(
  pool: pg.Pool,
  lookUp: LookUp,
  asset: AssetRow,
  name: string,
  change: SourceChange,
  by: By,
): Promise<ChangedSource> {
  const { provider } = sourceNamed(asset, await sourcesOf(pool, asset.id), name);
  const instrument = change.providerSymbol
    ? await instrumentOf(lookUp, { ...asset, provider }, change.providerSymbol)
    : {};
  return store(pool, asset, { provider, change, place: change.rank ?? null, instrument }, by);
}

/** Changes the role of a source of an asset. @param rank its new one, as far as the other sources allow it; null = as it is */
export async function changeRole(
  pool: pg.Pool,
  asset: AssetRow,
  { provider, role, rank }: { provider: ProviderId; role: AssetRow['role']; rank: number | null },
  by: By,
): Promise<void> {
  await store(pool, asset, { provider, change: { role }, place: rank, instrument: {} }, by);
}

async function store(
  pool: pg.Pool,
  asset: AssetRow,
  {
    provider,
    change,
    place,
    instrument,
  }: { provider: ProviderId; change: SourceChange; place: number | null; instrument: Partial<AssetRow> },
  by: By,
): Promise<ChangedSource> {
  const stored = inTransaction(pool, async (tx) => {
    await lockSubject(tx, 'asset', asset.symbol);
    const before = await sourcesOf(tx, asset.id);
    const source = sourceNamed(asset, before, provider);
    const { id, role, pausedBecause } = source;
    const because = { active: null, paused: by.reason || 'by an operator' };
    const changed: AssetRow = {
      ...{ ...source, ...instrument, role: change.role ?? role },
    };
    // another symbol is requested, as after a rename
    const isRenamed = changed.providerSymbol !== source.providerSymbol;
    changed.pausedBecause = change.status ? because[change.status] : isRenamed ? null : pausedBecause;
    const places = arrangeSources(before, { id, role: changed.role, ...(place && { rank: place }) });
    const sources = places.map((place) => ({
      ...(place.id === id ? changed : before.find((one) => one.id === place.id)!),
      ...place,
    }));
    assertPossible(asset, provider, change, before, sources);
    await storeSources(tx, sources);
    const ranks = sources.map((one) => ({ provider: one.provider, rank: one.rank, role: one.role }));
    const details = { provider, ...change, rankBefore: source.rank, sources: ranks };
    await recordAudit(tx, { ...by, action: 'asset.source', subject: asset.symbol, details });
    const isResumed = pausedBecause !== null && changed.pausedBecause === null;
    return { sources, isDue: isResumed || isRenamed };
  });
  return stored.catch((error: unknown) => {
    const refused = refusalOf(error);
    throw refused === null ? error : new BadInputError(refused);
  });
}

function sourceNamed({ symbol }: AssetRow, sources: readonly AssetRow[], name: string): AssetRow {
  const found = sources.find(({ provider }) => provider === name.toLowerCase());
  if (found) return found;
  const known = sources.map(({ provider }) => provider).join(', ');
  throw new UnknownSourceError(`${symbol} has no source ${name}; its sources: ${known}`);
}

/** The symbol as the provider confirms it; as it is, of a provider that cannot be asked about single symbols. */
async function instrumentOf(
  lookUp: LookUp,
  source: AssetRow,
  to: string,
): Promise<Partial<Pick<AssetRow, 'providerSymbol' | 'quotedIn'>>> {
  if (!isAsked(source.provider)) throw new BadInputError('own files have no symbol of a provider');
  if (!SEARCHING.includes(source.provider)) return { providerSymbol: to };
  const { providerSymbol, quotedIn } = await confirmedInstrument(lookUp, source, to);
  return { providerSymbol, quotedIn };
}

/** @throws BadInputError if the sources would not be what was asked for, or bars would no longer come from anywhere */
function assertPossible(
  { symbol }: AssetRow,
  provider: ProviderId,
  { rank }: SourceChange,
  before: readonly AssetRow[],
  after: readonly AssetRow[],
): void {
  if (rank !== undefined && rank > after.length)
    throw new BadInputError(
      after.length === 1
        ? `${symbol} has no other source, so its rank is 1`
        : `${symbol} has ${after.length} sources, so a rank is from 1 to ${after.length}`,
    );
  if (!after.some(({ role }) => role === 'serve'))
    throw new BadInputError(`it is the only source of ${symbol} that is served`);
  const isRequested = (one: AssetRow) => one.role === 'serve' && one.pausedBecause === null && isAsked(one.provider);
  if (before.some(isRequested) && !after.some(isRequested))
    throw new BadInputError(
      `no other source of ${symbol} is served and requested: resume another one first, or pause the asset`,
    );
  const own = after.find((one) => one.provider === provider)!;
  if (rank !== undefined && own.rank !== rank)
    throw new BadInputError(
      own.role === 'check'
        ? `sources that are only compared come after those that are served, so its rank is ${own.rank} or later`
        : `sources that are served come before those that are only compared, so its rank is ${own.rank} or earlier`,
    );
}

/** A source in words, for people. */
export const sourceInWords = ({ rank, provider, providerSymbol, role, pausedBecause }: AssetRow): string =>
  [
    `${rank}. ${PROVIDERS[provider].name} (${provider}): ${providerSymbol}`,
    ...(role === 'check' ? ['only compared'] : []),
    ...(pausedBecause === null ? [] : [`paused: ${pausedBecause}`]),
  ].join(', ');

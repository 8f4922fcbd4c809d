import type pg from 'pg';
import type { Instrument } from '../config/catalog/instrument.js';
import { isAsked, PROVIDERS } from '../config/catalog/providers.js';
import type { Answer, Question } from '../contracts/look-up.js';
import type { AssetRow } from '../db/repositories/read/asset-reader.js';
import { renameAsset } from '../db/repositories/upkeep/asset-changes.js';
import type { By } from '../db/repositories/upkeep/audit-log.js';
import { symbolAt } from '../providers/further-sources.js';
import { BadInputError } from './bad-input.js';
import type { LookUp } from './find-instruments.js';

/**
 * Renames an asset, once its provider has confirmed that it has the new symbol, on the same exchange, in the same currency
 * and, as far as days can be compared, at the same prices. Nobody is asked about an asset of own files. Further sources get
 * the new symbol too, unless they had one of their own.
 * @param to the provider's new symbol for it
 * @throws BadInputError that says why it cannot be renamed
 */
export async function rename(pool: pg.Pool, lookUp: LookUp, asset: AssetRow, to: string, by: By): Promise<AssetRow> {
  const instrument = isAsked(asset.provider)
    ? await confirmedInstrument(lookUp, asset, to)
    : { ...asset, symbol: to.toUpperCase(), providerSymbol: to.toUpperCase() };
  const symbolOf = ({ provider, providerSymbol }: AssetRow): string =>
    providerSymbol === symbolAt(provider, asset)
      ? symbolAt(provider, { ...asset, symbol: instrument.symbol })
      : providerSymbol;
  const renamed = await renameAsset(pool, asset, instrument, symbolOf, by);
  if (renamed === 'taken') throw new BadInputError(`the symbol ${instrument.symbol} is that of another asset`);
  if ('refused' in renamed) throw new BadInputError(renamed.refused);
  return renamed;
}

/**
 * What the provider of an asset says of another symbol, if that is the same asset.
 * @throws BadInputError that says why it is not, or that the provider did not answer
 */
export async function confirmedInstrument(lookUp: LookUp, asset: AssetRow, symbol: string): Promise<Instrument> {
  const { provider } = asset;
  const { name } = PROVIDERS[provider];
  const answerTo = async (question: Question): Promise<Answer> => {
    const [answer] = await lookUp({ provider, questions: [question] });
    if (answer!.failure)
      throw new BadInputError(`${name} could not be asked about ${symbol}: ${answer!.failure.message}`);
    return answer!;
  };
  const [instrument] = (await answerTo({ kind: 'instrument', providerSymbol: symbol })).instruments;
  if (!instrument) throw new BadInputError(`${name} does not know ${symbol}`);
  if (instrument.refused !== null) throw new BadInputError(`${symbol} cannot be followed: ${instrument.refused}`);
  for (const field of ['kind', 'exchange', 'currency'] as const) {
    if (instrument[field] !== asset[field])
      throw new BadInputError(
        `${symbol} is another asset: its ${field} is ${instrument[field]}, that of ${asset.symbol} is ${asset[field]}; add it instead`,
      );
  }
  const { providerSymbol } = instrument;
  assertSamePrices(asset, instrument, await answerTo({ kind: 'prices', providerSymbol, assetId: asset.id }));
  return instrument;
}

/** A company keeps its prices when its ticker changes: the new one has the whole history. */
function assertSamePrices(asset: AssetRow, { symbol }: Instrument, { prices }: Answer): void {
  if (prices?.areSame !== false) return;
  const { day, own, other } = prices.last!;
  throw new BadInputError(
    `${symbol} is another asset: its prices are not those of ${asset.symbol}. On ${day}, it closed at ${other}, and ${asset.symbol} at ${own}; add it instead`,
  );
}

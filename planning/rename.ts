import type pg from 'pg';
import type { Instrument } from '../config/catalog/instrument.js';
import { isAsked, PROVIDERS } from '../config/catalog/providers.js';
import type { AssetRow } from '../db/repositories/read/asset-reader.js';
import { closesOfDays } from '../db/repositories/read/closes-of-days.js';
import { renameAsset } from '../db/repositories/upkeep/asset-changes.js';
import type { By } from '../db/repositories/upkeep/audit-log.js';
import { areOfOneAsset } from '../domain/same-prices.js';
import { symbolAt } from '../providers/further-sources.js';
import { BadInputError } from './bad-input.js';
import type { LookUp } from './find-instruments.js';

/**
 * Renames an asset, once its provider has confirmed that it has the new symbol, on the same exchange, in the same currency
 * and at the same prices. Nobody is asked about an asset of own files. Further sources get the new symbol too, unless they
 * had one of their own.
 * @param to the provider's new symbol for it
 * @throws BadInputError that says why it cannot be renamed
 */
export async function rename(pool: pg.Pool, lookUp: LookUp, asset: AssetRow, to: string, by: By): Promise<AssetRow> {
  const instrument = isAsked(asset.provider)
    ? await confirmedInstrument(pool, lookUp, asset, to)
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
export async function confirmedInstrument(
  pool: pg.Pool,
  lookUp: LookUp,
  asset: AssetRow,
  symbol: string,
): Promise<Instrument> {
  const { provider } = asset;
  const { name } = PROVIDERS[provider];
  const [answer] = await lookUp({ provider, questions: [{ kind: 'instrument', providerSymbol: symbol }] });
  if (answer!.failure)
    throw new BadInputError(`${name} could not be asked about ${symbol}: ${answer!.failure.message}`);
  const [instrument] = answer!.instruments;
  if (!instrument) throw new BadInputError(`${name} does not know ${symbol}`);
  if (instrument.refused !== null) throw new BadInputError(`${symbol} cannot be followed: ${instrument.refused}`);
  for (const field of ['kind', 'exchange', 'currency'] as const) {
    if (instrument[field] !== asset[field])
      throw new BadInputError(
        `${symbol} is another asset: its ${field} is ${instrument[field]}, that of ${asset.symbol} is ${asset[field]}; add it instead`,
      );
  }
  await assertSamePrices(pool, asset, instrument);
  return instrument;
}

/** A company keeps its prices when its ticker changes: the new one has the whole history. */
async function assertSamePrices(pool: pg.Pool, asset: AssetRow, { symbol, closes = [] }: Instrument): Promise<void> {
  const stored = await closesOfDays(
    pool,
    asset.id,
    closes.map(({ time }) => time),
  );
  const days = closes.flatMap(({ time, close }) => {
    const own = stored.get(time);
    return own === undefined ? [] : [{ time, own, close }];
  });
  if (areOfOneAsset(days.map(({ own, close }) => [own, close])) !== false) return;
  const { time, own, close } = days.at(-1)!;
  throw new BadInputError(
    `${symbol} is another asset: its prices are not those of ${asset.symbol}. On ${new Date(time).toISOString().slice(0, 10)}, it closed at ${close}, and ${asset.symbol} at ${own}; add it instead`,
  );
}

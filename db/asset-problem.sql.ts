import pg from 'pg';
import { ASSET_CLASSES, ASSET_KINDS, classOf, MARKET_OF_KIND } from '../config/catalog/asset-kinds.js';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { PROVIDER_IDS, type ProviderCatalog, PROVIDERS } from '../config/catalog/providers.js';
import { SOURCE_ROLES } from './schema/assets.js';

const text = pg.escapeLiteral;
const anyOf = (values: readonly string[]) => `(${values.map(text).join(', ')})`;

/** The provider serves other kinds. */
const servesOther = PROVIDER_IDS.map(
  (id) => `when asset.provider = ${text(id)} and asset.kind not in ${anyOf(PROVIDERS[id].kinds)}
      then ${text(`${id} serves ${PROVIDERS[id].kinds.join(', ')}, not `)} || asset.kind`,
).join('\n    ');

/** The provider has other markets. */
const servesElsewhere = PROVIDER_IDS.flatMap((id) => {
  const { exchanges: served }: ProviderCatalog = PROVIDERS[id];
  return served === null
    ? []
    : `when asset.provider = ${text(id)} and asset.exchange not in ${anyOf(served)}
      then ${text(`${id} serves the exchanges ${served.join(', ')}, not `)} || asset.exchange`;
}).join('\n    ');

const classMismatch = ASSET_KINDS.map(
  (kind) => `when asset.kind = ${text(kind)} and asset.asset_class <> ${text(classOf(kind))}
      then ${text(`the kind ${kind} is of the class ${classOf(kind)}, not `)} || asset.asset_class`,
).join('\n    ');

const exchanges = Object.keys(EXCHANGES);

/** Coins and currencies have a market of their own, which nothing else has. */
const ownMarkets = Object.entries(MARKET_OF_KIND)
  .map(
    ([kind, market]) => `when (asset.kind = ${text(kind)}) <> (asset.exchange = ${text(market)})
      then ${text(`${market} is the exchange of the kind ${kind} only, and its only one, not `)} || asset.exchange || ' of the kind ' || asset.kind`,
  )
  .join('\n    ');

/** Longest symbol and name, in characters. */
const MAX_SYMBOL = 40;
const MAX_NAME = 200;
const isText = (column: string, max: number) =>
  `coalesce(asset.${column} = btrim(asset.${column}) and length(asset.${column}) between 1 and ${max} and asset.${column} !~ '[[:cntrl:]]', false)`;
const asText = (column: string, max: number) =>
  `when not ${isText(column, max)}
      then ${text(`the ${column} must have 1 to ${max} characters, no control characters, and no blanks around it`)}`;

/**
 * The function asset_problem(asset): why an asset cannot be loaded, in words, or null. It knows the catalog of this
 * build; migrate() replaces it at each start. A trigger refuses such rows, and readers leave out those from before.
 */
export const ASSET_PROBLEM = `
create or replace function asset_problem(asset assets) returns text language sql immutable as $$
  select format('asset %s %s: ', asset.id, asset.symbol) || case
    when asset.symbol = '' or asset.symbol <> upper(asset.symbol) or asset.symbol ~ '[[:space:][:cntrl:]/]'
      then 'the symbol must be in upper case, without blanks, slashes and control characters'
    when length(asset.symbol) > ${MAX_SYMBOL} then 'the symbol must have at most ${MAX_SYMBOL} characters'
    ${asText('name', MAX_NAME)}
    ${asText('provider_symbol', MAX_NAME)}
    when asset.provider::text not in ${anyOf(PROVIDER_IDS)}
      then 'unknown provider ' || asset.provider || ${text(`; known: ${PROVIDER_IDS.join(', ')}`)}
    when asset.asset_class not in ${anyOf(ASSET_CLASSES)}
      then 'unknown class ' || asset.asset_class || ${text(`; known: ${ASSET_CLASSES.join(', ')}`)}
    when asset.kind not in ${anyOf(ASSET_KINDS)}
      then 'unknown kind ' || asset.kind || ${text(`; known: ${ASSET_KINDS.join(', ')}`)}
    ${classMismatch}
    ${servesOther}
    when asset.exchange not in ${anyOf(exchanges)}
      then 'unknown exchange ' || asset.exchange || ${text(`; known: ${exchanges.join(', ')}`)}
    ${ownMarkets}
    ${servesElsewhere}
    when asset.currency !~ '^[A-Z]{3}$'
      then 'the currency must have three letters in upper case (ISO 4217), not ' || quote_literal(asset.currency)
    when asset.quoted_in !~ '^[A-Za-z]{3}$'
      then 'quoted_in must be a unit of three letters, such as GBp, not ' || quote_literal(asset.quoted_in)
    when asset.role not in ${anyOf(SOURCE_ROLES)}
      then 'unknown role ' || asset.role || ${text(`; known: ${SOURCE_ROLES.join(', ')}`)}
  end
$$`;

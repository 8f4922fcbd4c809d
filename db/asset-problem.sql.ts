import pg from 'pg';
import { EXCHANGES } from '../config/catalog/exchanges.js';
import { PROVIDER_IDS, PROVIDERS } from '../config/catalog/providers.js';

const text = pg.escapeLiteral;
const anyOf = (values: readonly string[]) => `(${values.map(text).join(', ')})`;

/** The provider serves another class. */
const servesOther = PROVIDER_IDS.map(
  (id) => `when asset.provider = ${text(id)} and asset.asset_class not in ${anyOf(PROVIDERS[id].assetClasses)}
      then ${text(`${id} serves the class ${PROVIDERS[id].assetClasses.join(', ')}, not `)} || asset.asset_class`,
).join('\n    ');

const exchanges = Object.keys(EXCHANGES);
const classes = [...new Set(PROVIDER_IDS.flatMap((id) => PROVIDERS[id].assetClasses))];

/**
 * The function asset_problem(asset): why an asset cannot be loaded, in words, or null. It knows the catalog of this
 * build; migrate() replaces it at each start. A trigger refuses such rows, and readers leave out those from before.
 */
export const ASSET_PROBLEM = `
create or replace function asset_problem(asset assets) returns text language sql immutable as $$
  select format('asset %s %s: ', asset.id, asset.symbol) || case
    when asset.symbol = '' or asset.symbol <> upper(asset.symbol) or asset.symbol ~ '[[:space:][:cntrl:]/]'
      then 'the symbol must be in upper case, without blanks, slashes and control characters'
    when asset.asset_class not in ${anyOf(classes)}
      then 'unknown class ' || asset.asset_class || ${text(`; known: ${classes.join(', ')}`)}
    ${servesOther}
    when asset.exchange not in ${anyOf(exchanges)}
      then 'unknown exchange ' || asset.exchange || ${text(`; known: ${exchanges.join(', ')}`)}
    when asset.currency !~ '^[A-Za-z]{3}$' then 'the currency must have three letters, not ' || quote_literal(asset.currency)
  end
$$`;

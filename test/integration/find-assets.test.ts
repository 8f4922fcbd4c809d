import { expect, it } from 'vitest';
import { activeAmong } from '../../cli/asset/find-assets.js';
import { useStore } from '../environment/store.js';

const store = useStore();

it('the assets of a command are found by any of their symbols, in any case; those that are not active are left out', async () => {
  await store.pool.query(`insert into former_symbols (symbol, asset_id) values ('GOOG.OLD', $1)`, [
    store.assetId('GOOGL'),
  ]);
  await store.pool.query(`update assets set active = false where symbol = 'NVDA'`);
  expect(await activeAmong(store.pool, ['spy', 'SPY', 'goog.old', 'NVDA', 'NOPE'])).toEqual(['SPY', 'GOOGL']);
});

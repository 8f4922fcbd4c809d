import { expect, it } from 'vitest';
import { ratesOf } from '../../config/rates.js';
import { readEnv } from '../../config/env.js';
import { insertRule, readRules, rememberBars } from '../../db/repositories/alerts/alert-rules.js';
import { openAlerts, storeChanges } from '../../db/repositories/alerts/alerts.js';
import { inTransaction } from '../../db/transaction.js';
import { nameOf } from '../../domain/alerts/alert.js';
import { changeAlerts } from '../../domain/alerts/change-alerts.js';
import { judge } from '../../domain/alerts/judge.js';
import { HOUR } from '../../domain/timeframe.js';
import { alertFacts } from '../../planning/alert-facts.js';
import { useStore } from '../environment/store.js';
import { addSource } from '../factories.js';
import { storeBars } from './api-fixture.js';

const store = useStore();
/** A Tuesday, an hour into the session of New York. */
const NOON = Date.parse('2026-11-24T15:30:50Z');

/** Judges the rules. @returns the alerts that open and close */
const evaluate = async () =>
  inTransaction(store.pool, async (tx) => {
    const facts = await alertFacts(tx, {
      rates: ratesOf(readEnv({})),
      ...{ clockOffsetMs: 0, wallNow: NOON, disk: [], backup: null, upMs: HOUR },
    });
    const { rules } = facts;
    const before = await openAlerts(tx);
    const changes = changeAlerts(before, judge({ ...facts, series: [] }), NOON);
    await storeChanges(tx, changes, NOON);
    await rememberBars(tx, rules);
    return { opened: changes.opened.map(nameOf), closed: changes.closed.map(nameOf) };
  });
const minutes = (from: string, to: string, asset = store.assetId('SPY')) =>
  storeBars(store.pool, { asset, timeframe: '1m', from, to, step: '1 minute' });

it('a crossing is told once, on final bars, from the next bar on', async () => {
  const rule = {
    assetId: store.assetId('SPY'),
    timeframe: '1m',
    measure: 'close',
    direction: 'above',
    against: null,
  } as const;
  await minutes('2026-11-24T15:00:00Z', '2026-11-24T15:05:00Z'); // closes of 100.25 to 105.25
  const { id } = await insertRule(store.pool, { ...rule, level: 104 });
  expect((await evaluate()).opened).toEqual([]); // it begins above
  await minutes('2026-11-24T15:06:00Z', '2026-11-24T15:07:00Z'); // 100.25, 101.25
  await store.pool.query(`update bars set high = 120, close = 110 where time = '2026-11-24T15:07:00Z'`);
  expect((await evaluate()).opened).toEqual([`crossing rule ${id}`]);
  expect((await evaluate()).opened).toEqual([]);
  await minutes('2026-11-24T15:08:00Z', '2026-11-24T15:08:00Z');
  expect((await evaluate()).closed).toEqual([`crossing rule ${id}`]);
  expect(await readRules(store.pool, store.assetId('SPY'))).toMatchObject([{ symbol: 'SPY', level: 104 }]);
});

it('a crossing is told that only a correction brings', async () => {
  const rule = { timeframe: '1m', measure: 'close', direction: 'above', level: 106, against: null } as const;
  await minutes('2026-11-24T15:00:00Z', '2026-11-24T15:05:00Z');
  const { id } = await insertRule(store.pool, { ...rule, assetId: store.assetId('SPY') });
  expect((await evaluate()).opened).toEqual([]);
  await store.pool.query(`update bars set high = 120, close = 110 where time = '2026-11-24T15:05:00Z'`);
  expect((await evaluate()).opened).toEqual([`crossing rule ${id}`]);
  expect((await evaluate()).opened).toEqual([]);
});

it('rules compare the averages of what is served, whichever source a bar comes from', async () => {
  const rule = { timeframe: '1m', measure: 'sma_20', direction: 'below', level: 105.22, against: null } as const;
  const other = await addSource(store.pool, store.assetId('SPY'), 'alpaca');
  await minutes('2026-11-24T14:50:00Z', '2026-11-24T15:10:00Z', other);
  await minutes('2026-11-24T15:00:00Z', '2026-11-24T15:10:00Z');
  const { id } = await insertRule(store.pool, { ...rule, assetId: store.assetId('SPY') });
  expect((await evaluate()).opened).toEqual([]); // 105.25
  await minutes('2026-11-24T15:11:00Z', '2026-11-24T15:11:00Z', other);
  expect((await evaluate()).opened).toEqual([`crossing rule ${id}`]); // 105.2
});

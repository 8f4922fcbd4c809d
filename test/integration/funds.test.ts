import { beforeEach, describe, expect, it } from 'vitest';
import { examineStore } from '../../cli/doctor/examine.js';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY, HOUR } from '../../domain/timeframe.js';
import { useStore } from '../environment/store.js';
import { type Cells, ingestWirePayload, openTestRun, yahooBody } from '../wire-payloads.js';

/** Funds have one price a day, the net asset value: open, high, low and close are equal, and nothing is traded. */

const store = useStore();
beforeEach(() => openTestRun(store.pool));

const sessions = calendarOf('XNYS').sessionsBetween(Date.parse('2026-05-01T00:00Z'), Date.parse('2026-11-21T00:00Z'));
const last = sessions.at(-1)!;
/** Long after the last close: the market clock. */
const NOW = last.close + 8 * HOUR;
const valueOf = (price: number, volume: number | null): Cells => [price, price, price, price, volume];

/** Ingests the last values in payloads of so many days each, and examines the store. */
async function ingest(prices: number[], volume: number | null, perPayload: number) {
  const days = sessions.slice(-prices.length);
  for (let i = 0; i < days.length; i += perPayload) {
    const part = days.slice(i, i + perPayload);
    await ingestWirePayload(store.pool, {
      assetId: store.assetId('SPY'),
      timeframe: '1d',
      window: { from: part[0]!.open - (i === 0 ? 10 * DAY : 0), to: part.at(-1)!.close },
      fetchedAt: part.at(-1)!.close + 4 * HOUR,
      body: yahooBody(
        'SPY',
        part.map(({ open }, j) => [open, valueOf(prices[i + j]!, volume)]),
      ),
    });
  }
  const { rows } = await store.pool.query<Record<'open' | 'high' | 'low' | 'close' | 'volume', number>>(
    'select open, high, low, close, volume from bars order by time',
  );
  const other = await store.pool.query('select rule from rejected_bars union all select rule from bar_warnings');
  const { findings } = await examineStore(store.pool, { clockOffsetMs: 0, now: NOW });
  return { bars: rows, odd: other.rows, findings: findings.lines() };
}

describe.each([7, 200])('a fund, in payloads of %d days', (perPayload) => {
  it.each([0, null])('is stored as it is if its value returns to that of another day (volume %p)', async (volume) => {
    const prices = [48.369998931884766, 48.7599983215332, 48.369998931884766, 48.7599983215332, 48.7599983215332];
    const rounded = [48.37, 48.76, 48.37, 48.76, 48.76];
    const { bars, odd, findings } = await ingest(prices, volume, perPayload);
    expect(bars).toEqual(rounded.map((price) => ({ open: price, high: price, low: price, close: price, volume })));
    expect({ odd, findings }).toEqual({ odd: [], findings: [] });
  });

  it.each([0, null])('is stored as it is if its value is 1 for months (volume %p)', async (volume) => {
    const { bars, odd, findings } = await ingest(new Array<number>(80).fill(1), volume, perPayload);
    expect(bars).toHaveLength(80);
    expect({ odd, findings }).toEqual({ odd: [], findings: [] });
  });

  it('is stored as it is if its value rises by a hundredth of a cent after months', async () => {
    const prices = Array.from({ length: 80 }, (_, i) => (i < 60 ? 1 : 1.0001));
    const { bars, odd, findings } = await ingest(prices, 0, perPayload);
    expect(bars.map(({ close }) => close)).toEqual(prices);
    expect({ odd, findings }).toEqual({ odd: [], findings: [] });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import CachePolicy from 'http-cache-semantics';
import { type ApiResponse, type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

/** A shared cache in front of the API, as RFC 9111 describes it. */
class SharedCache {
  private readonly stored = new Map<string, { policy: CachePolicy; response: ApiResponse }>();

  constructor(private readonly api: ApiUnderTest) {}

  async get(url: string): Promise<ApiResponse> {
    const request = { url, method: 'GET', headers: {} };
    const known = this.stored.get(url);
    if (known?.policy.satisfiesWithoutRevalidation(request)) return known.response;
    const headers = known ? known.policy.revalidationHeaders(request) : {};
    const response = await this.api.get(url, headers as Record<string, string>);
    if (known && response.status === 304) return known.response;
    const policy = new CachePolicy(request, { status: response.status, headers: response.headers }, { shared: true });
    if (policy.storable()) this.stored.set(url, { policy, response });
    return response;
  }
}

const FIRST = '/api/stocks/NVDA/ohlcv?timeframe=1m&start=2026-11-19&end=2026-11-20&limit=100';
const LEVELS = { before: 1_000, after: 100 };
let api: ApiUnderTest;
let nvda: number;

beforeAll(async () => {
  api = await startApi();
  nvda = api.assets.get('NVDA')!;
});
beforeEach(async () => {
  await api.pool.query('truncate bars, corporate_actions');
  await storeBars(api.pool, {
    asset: nvda,
    timeframe: '1m',
    step: '1 minute',
    from: '2026-11-19T14:30Z',
    to: '2026-11-19T20:59Z',
  });
  await api.pool.query(`update bars set open = $1, high = $1, low = $1, close = $1`, [LEVELS.before]);
  await api.pool.query(
    `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, level_since)
     values ($1, 'split', '2026-11-20', 10, 1, 1, now())`,
    [nvda],
  );
});
afterAll(() => api?.close());

/** In one transaction, as the worker does it. */
const split = () =>
  api.pool.query(`
    with rescaled as (
      update bars set open = open / 10, high = high / 10, low = low / 10, close = close / 10, recorded_at = now()
    )
    update corporate_actions set applied_at = now()`);

/** The closes of all pages, and the status of the last one. */
async function walk(get: (url: string) => Promise<ApiResponse>, first: string, meanwhile: (page: number) => unknown) {
  const closes = new Set<unknown>();
  for (let url = first, page = 1; ; page++) {
    const { status, json } = await get(url);
    if (status !== 200) return { closes: [...closes], status, json };
    for (const bar of json.bars) closes.add(bar.close);
    if (json.nextCursor === null) return { closes: [...closes], status, json };
    await meanwhile(page);
    url = `${first}&cursor=${json.nextCursor}`;
  }
}

describe('a cache in front during a split', () => {
  it.each([0, 1, 2, 3])(
    'never serves two price levels as one series, whenever the split comes (page %i)',
    async (at) => {
      const cache = new SharedCache(api);
      const get = (url: string) => cache.get(url);
      await walk(get, FIRST, () => undefined);
      if (at === 0) await split();
      const during = await walk(get, FIRST, (page) => (page === at ? split() : undefined));
      expect(during.closes).toEqual([at === 0 ? LEVELS.after : LEVELS.before]);
      if (at > 0) {
        expect(during).toMatchObject({ status: 409, json: { type: 'urn:barkeep:price-level-changed' } });
      }
      expect(await walk(get, FIRST, () => undefined)).toMatchObject({ status: 200, closes: [LEVELS.after] });
    },
  );

  it('lets raw prices and prices of an instant go on, as a split does not change them', async () => {
    const get = (url: string) => api.get(url);
    await api.pool.query(`update bars set recorded_at = '2026-11-20T00:00Z'`);
    const asOf = await walk(get, `${FIRST}&asOf=2026-11-21`, () => undefined);
    expect(asOf).toMatchObject({ status: 200, closes: [LEVELS.before] });
    expect((await api.get(`${FIRST}&asOf=2026-11-21`)).headers['cache-control']).toContain('immutable');
    const raw = await walk(get, `${FIRST}&adjustment=raw`, (page) => (page === 1 ? split() : undefined));
    expect(raw).toMatchObject({ status: 200, closes: [LEVELS.before] });
  });
});

describe('a cached page', () => {
  it('is revalidated cheaply: a 304 while nothing has changed, on every page and in every format', async () => {
    const { json } = await api.get(FIRST);
    for (const url of [FIRST, `${FIRST}&cursor=${json.nextCursor}`, `${FIRST}&format=csv`]) {
      const { headers } = await api.get(url);
      expect(headers['cache-control']).toBe('no-cache');
      expect((await api.get(url, { 'if-none-match': headers.etag! })).status).toBe(304);
    }
  });
});

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BarReader } from '../../db/repositories/read/bar-reader.js';
import { type ApiUnderTest, startApi, storeBars } from './api-fixture.js';

const URL = '/api/crypto/BTC/ohlcv?limit=10000';
let api: ApiUnderTest;
let origin: string;

beforeAll(async () => {
  api = await startApi();
  const asset = api.assets.get('BTC')!;
  // 10,000 half hours
  await storeBars(api.pool, {
    asset,
    timeframe: '30m',
    step: '30 minutes',
    from: '2026-01-01Z',
    to: '2026-07-28T07:30Z',
  });
  await api.app.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(api.app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => api.close());

async function download(path: string, headers = {}, method = 'GET'): Promise<IncomingMessage> {
  const [answer] = (await once(get(origin + path, { headers, method, agent: false }), 'response')) as [IncomingMessage];
  return answer;
}

describe.each(['csv', 'ndjson'])('%s', (format) => {
  const url = `${URL}&format=${format}`;

  it('comes in pieces, with the values of the JSON', async () => {
    const answer = await download(url);
    expect(answer.headers).toMatchObject({ 'transfer-encoding': 'chunked', 'cache-control': 'no-cache' });
    expect(answer.headers['content-length']).toBeUndefined();
    const body = await text(answer);
    const { bars } = (await api.get(URL)).json;
    expect(bars).toHaveLength(10_000);
    const lines = body.split(/\r?\n/).slice(format === 'csv' ? 1 : 0, -1);
    const asCsv = (bar: Record<string, unknown>) =>
      [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume ?? ''].join(',');
    expect(lines).toEqual(bars.map(format === 'csv' ? asCsv : (bar) => JSON.stringify(bar)));
  });

  it('has headers for HEAD, a 304 for its own ETag, and the same text compressed', async () => {
    const head = await download(url, {}, 'HEAD');
    const { etag } = head.headers;
    expect([head.statusCode, await text(head)]).toEqual([200, '']);
    const whole = await download(url);
    expect([whole.headers.etag, whole.headers['content-type']]).toEqual([etag, head.headers['content-type']]);
    await text(whole);
    const known = await download(url, { 'if-none-match': etag });
    expect([known.statusCode, await text(known)]).toEqual([304, '']);
    const ofJson = await download(URL, { 'if-none-match': etag });
    expect(ofJson.statusCode).toBe(200);
    ofJson.destroy();
    const compressed = await download(url, { 'accept-encoding': 'gzip' });
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'accept, accept-encoding, Origin',
      etag,
    });
    compressed.destroy();
  });

  it('may be left by its client at any time', async () => {
    const leaving = await download(url);
    await once(leaving, 'readable');
    leaving.destroy();
    expect((await text(await download(url))).length).toBeGreaterThan(400_000);
  });
});

describe('without a limit', () => {
  const url = (format: string, more = '') => `/api/crypto/BTC/ohlcv?format=${format}${more}`;
  const times = (body: string) => body.split(/\r?\n/).filter(Boolean);

  it('CSV and NDJSON hold the whole window, oldest first or newest first', async () => {
    // more than are read at once
    const [header, ...rows] = times(await text(await download(url('csv'))));
    expect(header).toBe('time,open,high,low,close,volume');
    const { bars } = (await api.get(URL)).json;
    expect(rows.map((row) => row.split(',')[0])).toEqual(bars.map(({ time }) => time));
    const lines = times(await text(await download(url('ndjson', '&sort=desc'))));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(bars.toReversed());
    const part = times(await text(await download(url('csv', '&start=2026-01-02&end=2026-07-01'))));
    expect([part.length, part[1], part.at(-1)]).toEqual([
      1 + 180 * 48,
      expect.stringMatching(/^2026-01-02T00:00:00Z/),
      expect.stringMatching(/^2026-06-30T23:30:00Z/),
    ]);
    const byAccept = await text(await download('/api/crypto/BTC/ohlcv', { accept: 'text/csv' }));
    expect(times(byAccept)).toHaveLength(10_001);
  });

  it('so do aggregate bars and indicators', async () => {
    const hours = times(await text(await download(url('csv', '&timeframe=1h'))));
    expect(hours).toHaveLength(5_001);
    const indicators = await text(await download('/api/crypto/BTC/indicators?format=csv&include=rsi'));
    expect(times(indicators)).toHaveLength(10_001);
    const paged = (await api.get('/api/crypto/BTC/indicators?limit=10000&include=rsi')).json.bars;
    expect(times(indicators).at(-1)!.split(',').at(-1)).toBe(String(paged.at(-1)!.rsi14));
  });

  it('JSON keeps its pages, and a cursor gives the rest of the window', async () => {
    const { json } = await api.get('/api/crypto/BTC/ohlcv');
    expect(json.bars).toHaveLength(1_000);
    const rest = times(await text(await download(url('csv', `&cursor=${json.nextCursor}`))));
    expect(rest).toHaveLength(1 + 9_000);
  });

  it('have headers for HEAD', async () => {
    const head = await download(url('csv'), {}, 'HEAD');
    expect([head.statusCode, head.headers['content-type'], await text(head)]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      '',
    ]);
  });
});

describe('many long pages at once', () => {
  // the second reads two stored bars for each of its own
  it.each([
    ['limit=', 9_000],
    ['timeframe=1h&limit=', 989],
  ])('are read two at a time, so that they do not take all connections: %s%i', async (query, shortest) => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its reader
    const read = BarReader.prototype.prices;
    let [reading, most] = [0, 0];
    const spy = vi.spyOn(BarReader.prototype, 'prices').mockImplementation(async function (this: BarReader, request) {
      most = Math.max(most, ++reading);
      return read.call(this, request).finally(() => reading--);
    });
    try {
      const pages = await Promise.all(
        Array.from({ length: 12 }, (_, n) => api.get(`/api/crypto/BTC/ohlcv?${query}${shortest + n}`)),
      );
      expect(pages.map(({ json }) => json.bars.length)).toEqual(pages.map((_, n) => shortest + n));
      expect(most).toBe(2);
    } finally {
      spy.mockRestore();
    }
  });
});

describe('a split during a download', () => {
  it('breaks it off instead of mixing two price levels', async () => {
    const asset = api.assets.get('NVDA')!;
    await storeBars(api.pool, { asset, timeframe: '1m', step: '1 minute', from: '2026-01-01Z', to: '2026-01-05Z' });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its reader
    const read = BarReader.prototype.prices;
    let reads = 0;
    const spy = vi.spyOn(BarReader.prototype, 'prices').mockImplementation(async function (this: BarReader, request) {
      // before the second part of the rows is read
      if (++reads === 2) {
        await api.pool.query(
          `insert into corporate_actions (asset_id, kind, session, numerator, denominator, payload_id, applied_at)
           values ($1, 'split', '2026-01-06', 10, 1, 1, now())`,
          [asset],
        );
      }
      return read.call(this, request);
    });
    try {
      const response = await download('/api/stocks/NVDA/ohlcv?timeframe=1m&format=ndjson');
      await expect(text(response)).rejects.toThrow('aborted');
    } finally {
      spy.mockRestore();
    }
    expect((await text(await download('/api/stocks/NVDA/ohlcv?timeframe=1m&format=ndjson'))).split('\n')).toHaveLength(
      5_762,
    );
  });
});

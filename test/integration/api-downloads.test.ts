import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

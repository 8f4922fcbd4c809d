import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { curlOf, ENDPOINTS } from './endpoints';

const document = JSON.parse(readFileSync(new URL('../../api/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, { get?: { summary: string } }>;
};
const reads = Object.entries(document.paths).filter(([path, { get }]) => get && path.startsWith('/api/'));
const listed = ENDPOINTS.flatMap(({ endpoints }) => endpoints);

describe('the list of endpoints', () => {
  it('has every endpoint of the OpenAPI document that reads, with its summary', () => {
    const expected = reads.map(([path, { get }]) => [path, get!.summary]).sort();
    expect(listed.map(({ path, summary }) => [path, summary]).sort()).toEqual(expected);
  });

  it.each(listed)('has an example of $path', ({ path, example }) => {
    const pattern = path.replaceAll(/\{\w+\}/g, '[^/?]+');
    expect(example).toMatch(new RegExp(`^${pattern}(\\?.+)?$`));
  });

  it('becomes a command; a stream is not buffered', () => {
    const [first] = listed;
    expect(curlOf(first!, 'http://127.0.0.1:3000')).toBe(`curl 'http://127.0.0.1:3000/api/stocks/NVDA/ohlcv?range=1d'`);
    expect(
      curlOf(
        listed.find(({ path }) => path === '/api/stream')!,
        '',
      ),
    ).toMatch(/^curl -N /);
  });
});

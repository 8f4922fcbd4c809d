import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { TableResponse, type Format, type Row } from './response.js';
import { formatOf, negotiate, renderTable, type Rendered } from './render.js';

const textOf = ({ body }: Rendered): string => (typeof body === 'function' ? [...body()].join('') : body);
const row: Row = { time: '2026-11-20T00:00:00Z', close: 91_000.5, volume: null };

const responseOf = (format?: Format, rows = [row]) =>
  new TableResponse({
    head: { symbol: 'BTC' },
    rowsName: 'bars',
    columns: ['time', 'close', 'volume'],
    rows,
    meta: { count: 1 },
    nextCursor: null,
    freshness: 'revalidate',
    format,
    fileName: 'BTC_30m',
  });

describe('negotiate', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    ['text/csv', 'csv'],
    ['text/*', 'csv'],
    ['application/json;q=0.5, text/csv;q=0.9', 'csv'],
    ['application/json;q=0, */*', 'csv'],
    ['Application/X-NDJSON', 'ndjson'],
  ])('responds to %p with %s', (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });

  it('rejects a client that accepts none of the formats', () => {
    expect(() => negotiate('image/png')).toThrow(expect.objectContaining({ status: 406 }));
  });
});

describe('renderTable', () => {
  it('renders JSON with the rows between head and meta', () => {
    expect(textOf(renderTable(responseOf(), 'json'))).toBe(
      '{"symbol":"BTC","bars":[{"time":"2026-11-20T00:00:00Z","close":91000.5,"volume":null}],"meta":{"count":1},"nextCursor":null}',
    );
  });

  it('renders CSV with a header line, an empty field for null, and a file name', () => {
    const rendered = renderTable(responseOf(), 'csv');
    expect(textOf(rendered)).toBe('time,close,volume\r\n2026-11-20T00:00:00Z,91000.5,\r\n');
    expect(rendered.contentDisposition).toBe('attachment; filename=BTC_30m.csv');
  });

  it('renders NDJSON, one line per row', () => {
    expect(textOf(renderTable(responseOf('ndjson'), formatOf(responseOf('ndjson'), 'application/json')))).toBe(
      '{"time":"2026-11-20T00:00:00Z","close":91000.5,"volume":null}\n',
    );
  });

  it.each(['csv', 'ndjson'] as const)(
    'renders %s while it is read, and from the start on every call',
    async (format) => {
      let written = 0;
      const counting: Row = {
        get close() {
          return ++written;
        },
      };
      const { body } = renderTable(responseOf(format, Array<Row>(10_000).fill(counting)), format);
      const chunks = Readable.from((body as () => Iterable<string>)());
      for await (const chunk of chunks) if (String(chunk).includes('1')) break;
      expect(written).toBeLessThan(2_000);
      written = 0;
      const again = [...(body as () => Iterable<string>)()];
      expect([written, again.length > 10]).toEqual([10_000, true]);
    },
  );
});

import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TableResponse, type Format, type Row } from './response.js';
import { formatOf, negotiate, renderTable, type Rendered } from './render.js';

const textOf = ({ body }: Rendered): string =>
  typeof body === 'function' ? [...(body as () => Iterable<string>)()].join('') : body;
const row: Row = { time: '2026-11-20T00:00:00Z', close: 91_000.5, volume: null };

const responseOf = (format: Format = 'json', rows = [row]) =>
  new TableResponse({
    head: { symbol: 'BTC' },
    rowsName: 'bars',
    columns: ['time', 'close', 'volume'],
    rows,
    meta: { count: 1 },
    rest: null,
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
    expect(textOf(renderTable(responseOf()))).toBe(
      '{"symbol":"BTC","bars":[{"time":"2026-11-20T00:00:00Z","close":91000.5,"volume":null}],"meta":{"count":1},"nextCursor":null}',
    );
  });

  it('renders CSV with a header line, an empty field for null, and a file name', () => {
    const rendered = renderTable(responseOf('csv'));
    expect(textOf(rendered)).toBe('time,close,volume\r\n2026-11-20T00:00:00Z,91000.5,\r\n');
    expect(rendered.contentDisposition).toBe('attachment; filename=BTC_30m.csv');
  });

  it.each([
    ['BTC/USD', 'attachment; filename=BTC-USD.csv'],
    ['BRK"B', String.raw`attachment; filename="BRK\"B.csv"`],
    ['ТКС\\5', `attachment; filename="???-5.csv"; filename*=utf-8''%D0%A2%D0%9A%D0%A1-5.csv`],
  ])('names the file of %s so that every header can have it', (fileName, expected) => {
    const response = responseOf('csv');
    response.table.fileName = fileName;
    const { contentDisposition } = renderTable(response);
    expect(contentDisposition?.toLowerCase()).toBe(expected.toLowerCase());
  });

  it('renders NDJSON, one line per row', () => {
    expect(textOf(renderTable(responseOf(formatOf('ndjson', 'application/json'))))).toBe(
      '{"time":"2026-11-20T00:00:00Z","close":91000.5,"volume":null}\n',
    );
  });

  it.each(['csv', 'ndjson'] as const)('reads the rest of %s as the client takes it, and no further', async (format) => {
    const response = responseOf(format);
    let [read, hasEnded] = [0, false];
    response.table.rest = async function* () {
      try {
        for (; read < 1_000; read++) yield await Promise.resolve(Array<Row>(1_000).fill(row));
      } finally {
        hasEnded = true;
      }
    };
    const stream = Readable.from((renderTable(response).body as () => AsyncIterable<string>)());
    const closed = new Promise((resolve) => stream.once('close', resolve));
    for await (const chunk of stream) if (String(chunk).length > 10_000) break;
    await closed;
    expect([read < 20, hasEnded, stream.destroyed]).toEqual([true, true, true]);
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
      const { body } = renderTable(responseOf(format, Array<Row>(10_000).fill(counting)));
      const chunks = Readable.from((body as () => Iterable<string>)());
      for await (const chunk of chunks) if (String(chunk).includes('1')) break;
      expect(written).toBeLessThan(2_000);
      written = 0;
      const again = [...(body as () => Iterable<string>)()];
      expect([written, again.length > 10]).toEqual([10_000, true]);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { TableAnswer, type Format } from './answer.js';
import { formatOf, negotiate, renderTable } from './render.js';

const answer = (format?: Format) =>
  new TableAnswer({
    head: { symbol: 'BTC' },
    rowsName: 'bars',
    columns: ['time', 'close', 'volume'],
    rows: [{ time: '2026-11-20T00:00:00Z', close: 91_000.5, volume: null }],
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
  ])('answers %p with %s', (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });

  it('refuses a client that takes none of the formats', () => {
    expect(() => negotiate('image/png')).toThrow(expect.objectContaining({ status: 406 }));
  });
});

describe('renderTable', () => {
  it('writes JSON with the rows between head and meta', () => {
    expect(renderTable(answer(), 'json').body).toBe(
      '{"symbol":"BTC","bars":[{"time":"2026-11-20T00:00:00Z","close":91000.5,"volume":null}],"meta":{"count":1},"nextCursor":null}',
    );
  });

  it('writes CSV with a header line, an empty field for null, and a file name', () => {
    const { body, contentDisposition } = renderTable(answer(), 'csv');
    expect(body).toBe('time,close,volume\r\n2026-11-20T00:00:00Z,91000.5,\r\n');
    expect(contentDisposition).toBe('attachment; filename="BTC_30m.csv"');
  });

  it('writes NDJSON, a line a row', () => {
    expect(renderTable(answer('ndjson'), formatOf(answer('ndjson'), 'application/json')).body).toBe(
      '{"time":"2026-11-20T00:00:00Z","close":91000.5,"volume":null}\n',
    );
  });
});

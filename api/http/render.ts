import type { Format, Row, TableResponse } from './response.js';
import { Problem } from './problem.js';

const MEDIA_TYPES = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
} satisfies Record<Format, string>;

export interface Rendered {
  /** The text; of the formats that are lines, written anew as it is taken, some rows at a time. */
  body: string | (() => Iterable<string>);
  contentType: string;
  contentDisposition?: string;
}

/** Rows that are written at once, and sent before the next ones are written. */
const ROWS_A_CHUNK = 500;

/** @param accept the Accept header, asked when the query names no format */
export const formatOf = ({ table }: TableResponse, accept: string | undefined): Format =>
  table.format ?? negotiate(accept);

export function renderTable(answer: TableResponse, format: Format): Rendered {
  const { table } = answer;
  const rendered = { body: BODIES[format](answer), contentType: MEDIA_TYPES[format] };
  if (format !== 'csv') return rendered;
  return { ...rendered, contentDisposition: `attachment; filename="${table.fileName}.csv"` };
}

const BODIES = {
  json: ({ table: { head, rowsName, rows, meta, nextCursor } }) =>
    JSON.stringify({ ...head, [rowsName]: rows, meta, nextCursor }),
  csv: ({ table: { columns, rows } }) => {
    const line = (values: readonly unknown[]) => `${values.join(',')}\r\n`;
    return () => chunksOf(rows, (row) => line(columns.map((column) => row[column] ?? '')), line(columns));
  },
  ndjson:
    ({ table: { rows } }) =>
    () =>
      chunksOf(rows, (row) => `${JSON.stringify(row)}\n`),
} satisfies Record<Format, (answer: TableResponse) => Rendered['body']>;

function* chunksOf(rows: readonly Row[], lineOf: (row: Row) => string, header = ''): Generator<string> {
  if (header) yield header;
  for (let i = 0; i < rows.length; i += ROWS_A_CHUNK) {
    yield rows
      .slice(i, i + ROWS_A_CHUNK)
      .map(lineOf)
      .join('');
  }
}

/** The format that an Accept header likes best (RFC 9110 section 12.5.1). @throws Problem 406 when it likes none of ours */
export function negotiate(accept: string | undefined): Format {
  if (!accept || accept === '*/*') return 'json';
  const ranges = accept.split(',').map(parseRange);
  const offers = Object.entries(MEDIA_TYPES).map(([format, type]) => ({
    format: format as Format,
    quality: qualityOf(type.split(';', 1)[0]!, ranges),
  }));
  // on a tie the first wins, and JSON comes first
  const best = offers.reduce((a, b) => (b.quality > a.quality ? b : a));
  if (best.quality > 0) return best.format;
  throw new Problem(406, 'This endpoint answers application/json, text/csv and application/x-ndjson.');
}

interface MediaRange {
  type: string;
  quality: number;
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = q === undefined ? 1 : Number(q);
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that matches decides. */
function qualityOf(type: string, ranges: MediaRange[]): number {
  const family = `${type.split('/', 1)[0]}/*`;
  for (const candidate of [type, family, '*/*']) {
    const match = ranges.find((range) => range.type === candidate);
    if (match) return match.quality;
  }
  return 0;
}

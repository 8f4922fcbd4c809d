import { create as contentDispositionOf } from 'content-disposition';
import Negotiator from 'negotiator';
import { Problem } from './problem.js';
import type { Format, Row, TableResponse } from './response.js';

const MEDIA_TYPES = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
} satisfies Record<Format, string>;

/** In the order of preference for clients that have none. */
const FORMAT_BY_TYPE = new Map(
  Object.entries(MEDIA_TYPES).map(([format, type]) => [type.split(';', 1)[0]!, format as Format]),
);
const TYPES = [...FORMAT_BY_TYPE.keys()];

export interface Rendered {
  /** The text; for CSV and NDJSON its pieces, rendered again by every call while they are sent. */
  body: string | (() => Iterable<string>) | (() => AsyncIterable<string>);
  contentType: string;
  contentDisposition?: string;
}

/** Rows that are rendered at once, and sent before the next ones. */
const ROWS_PER_CHUNK = 500;

/** @param format from the query; without it, the Accept header decides. @throws Problem 406 if it allows none of ours */
export const formatOf = (format: Format | undefined, accept: string | undefined): Format => format ?? negotiate(accept);

export function renderTable(response: TableResponse): Rendered {
  const { table } = response;
  const { format } = table;
  const rendered = { body: BODIES[format](response), contentType: MEDIA_TYPES[format] };
  if (format !== 'csv') return rendered;
  return { ...rendered, contentDisposition: contentDispositionOf(`${table.fileName.replace(/[/\\]/g, '-')}.csv`) };
}

const BODIES = {
  json: ({ table: { head, rowsName, rows, meta, nextCursor } }) =>
    JSON.stringify({ ...head, [rowsName]: rows, meta, nextCursor }),
  // by hand: no value holds a comma, a quote or a line break
  csv: ({ table: { columns, rows, rest } }) => {
    const line = (values: readonly unknown[]) => `${values.join(',')}\r\n`;
    return pieces(rows, rest, (row) => line(columns.map((column) => row[column] ?? '')), line(columns));
  },
  ndjson: ({ table: { rows, rest } }) => pieces(rows, rest, (row) => `${JSON.stringify(row)}\n`),
} satisfies Record<Format, (response: TableResponse) => Rendered['body']>;

/** The lines of a table in pieces. */
function pieces(
  rows: readonly Row[],
  rest: (() => AsyncIterable<Row[]>) | null,
  lineOf: (row: Row) => string,
  header = '',
): (() => Iterable<string>) | (() => AsyncIterable<string>) {
  const first = () => chunksOf(rows, lineOf, header);
  if (!rest) return first;
  return async function* () {
    yield* first();
    for await (const more of rest()) yield* chunksOf(more, lineOf);
  };
}

function* chunksOf(rows: readonly Row[], lineOf: (row: Row) => string, header = ''): Generator<string> {
  if (header) yield header;
  for (let i = 0; i < rows.length; i += ROWS_PER_CHUNK) {
    yield rows
      .slice(i, i + ROWS_PER_CHUNK)
      .map(lineOf)
      .join('');
  }
}

/** The format that an Accept header prefers (RFC 9110 section 12.5.1). @throws Problem 406 if it allows none of ours */
export function negotiate(accept: string | undefined): Format {
  if (!accept || accept === '*/*') return 'json';
  const type = new Negotiator({ headers: { accept } }).mediaType(TYPES);
  const format = type === undefined ? undefined : FORMAT_BY_TYPE.get(type);
  if (format) return format;
  throw new Problem(406, `This endpoint offers ${TYPES.join(', ')}.`);
}

/** How long a client may reuse a response without revalidating it. */
export type Freshness =
  /** Never; the ETag makes that cheap. */
  | 'revalidate'
  /** A day: the response is as of an instant, so it can never change. Nothing else may say so: a split or a late
   * correction changes what is complete, too. */
  | 'immutable';

export const FORMATS = ['json', 'csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export type Row = Record<string, string | number | null>;

/** Rows and their metadata, rendered as the JSON, CSV or NDJSON that the client requests. */
export class TableResponse {
  constructor(
    readonly table: {
      /** Members of the JSON body before the rows. */
      head: Record<string, unknown>;
      /** Name of the rows in the JSON body. */
      rowsName: string;
      /** Columns of the CSV, in order. */
      columns: readonly string[];
      rows: Row[];
      meta: Record<string, unknown>;
      nextCursor: string | null;
      freshness: Freshness;
      /** The rows after these, for a table that is sent as it is read; null if these are all. Never in JSON. */
      rest: (() => AsyncIterable<Row[]>) | null;
      format: Format;
      /** Of a download, without its extension. */
      fileName: string;
    },
  ) {}
}

/** An object with its own status and headers, which must not be cached. */
export class StatusResponse {
  constructor(
    readonly status: number,
    readonly body: object,
    readonly headers: Record<string, string> = {},
  ) {}
}

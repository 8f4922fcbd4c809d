/** How long an answer may be kept without asking. */
export type Freshness =
  /** Always ask; the ETag makes that cheap. */
  | 'revalidate'
  /** What it covers is over and whole: a correction by the provider may be seen a day late. */
  | 'settled';

export const FORMATS = ['json', 'csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export type Row = Record<string, string | number | null>;

/** Rows with what describes them: rendered as JSON, CSV or NDJSON, as the client asks. */
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
      /** Asked for by the query; else the Accept header decides. */
      format: Format | undefined;
      /** Of a downloaded file, without its ending. */
      fileName: string;
    },
  ) {}
}

/** An object with a status and headers of its own, which nobody keeps. */
export class StatusResponse {
  constructor(
    readonly status: number,
    readonly body: object,
    readonly headers: Record<string, string> = {},
  ) {}
}

import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Compressors, parquetMetadata, parquetReadObjects, parquetSchema, type SchemaElement } from 'hyparquet';
import { fromFloat32 } from '../../domain/decimal.js';

/** Whether a file is a Parquet file, by its first bytes. */
export const isParquet = (file: Buffer): boolean => file.subarray(0, 4).toString('latin1') === 'PAR1';

/** Snappy is the library's own. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};

/**
 * A Parquet file as CSV, which is what is stored: the same file gives the same text. Numbers keep all their digits; those of
 * single precision are the decimals that were meant. Times are in UTC, except local ones (`isAdjustedToUTC=false`, as
 * pandas writes times without a zone), which have no zone here either.
 * @throws Error if it cannot be read
 */
export async function csvOfParquet(file: Buffer): Promise<Buffer> {
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(bytes);
  const columns = parquetSchema(metadata).children.map(({ element }) => element);
  const rows = await parquetReadObjects({ file: bytes, metadata, compressors: COMPRESSORS });
  const lines = rows.map((row) => columns.map((column) => textOf(row[column.name], column)));
  const names = columns.map(({ name }) => name);
  return Buffer.from(`${[names, ...lines].map((cells) => cells.map(quoted).join(',')).join('\n')}\n`);
}

function textOf(value: unknown, { type, logical_type: logical }: SchemaElement): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) {
    const isLocal = logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC;
    return isLocal ? value.toISOString().slice(0, -1) : value.toISOString();
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(type === 'FLOAT' ? fromFloat32(value) : value);
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Compressors, parquetReadObjects } from 'hyparquet';

/** Whether a file is a Parquet file, by its first bytes. */
export const isParquet = (file: Buffer): boolean => file.subarray(0, 4).toString('latin1') === 'PAR1';

/** Snappy is the library's own. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};

/**
 * A Parquet file as CSV, which is what is stored: the same file gives the same text. Numbers keep all their digits, and times
 * are in UTC; a column of timestamps without a zone is UTC, as the format says.
 * @throws Error if it cannot be read
 */
export async function csvOfParquet(file: Buffer): Promise<Buffer> {
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file: bytes, compressors: COMPRESSORS });
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => textOf(row[name])))];
  return Buffer.from(`${lines.map((cells) => cells.map(quoted).join(',')).join('\n')}\n`);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

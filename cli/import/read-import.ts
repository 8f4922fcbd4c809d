import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { csvOfParquet, isParquet } from '../../providers/file/parquet.js';
import { urlOf } from '../../providers/file/request-url.js';
import { UserError } from '../lib/user-error.js';
import type { ImportedFile } from './import-file.js';

const MB = 1024 ** 2;
/** A file is held in memory and stored as one payload. Bytes. */
const MAX_BYTES = 256 * MB;

/**
 * Reads a file that is to be imported: unpacked, and a Parquet file as CSV.
 * @throws UserError if it cannot be read, or has more than `maxBytes`
 */
export async function readImport(
  path: string,
  maxBytes = MAX_BYTES,
): Promise<{ file: ImportedFile; isConverted: boolean }> {
  try {
    const file = readFileSync(path);
    const content = isGzip(file) ? gunzipSync(file, { maxOutputLength: maxBytes }) : file;
    if (content.length > maxBytes) throw tooLarge(path, maxBytes);
    const isTable = isParquet(content);
    if (!isTable && content === file) return { file: { url: urlOf(path), body: file }, isConverted: false };
    const sha256 = createHash('sha256').update(file).digest('hex');
    const body = isTable ? await csvOfParquet(content) : content;
    return { file: { url: urlOf(path, sha256), body }, isConverted: isTable };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(path, maxBytes)
      : new UserError(`${path} cannot be read: ${message}`);
  }
}

const isGzip = (file: Buffer): boolean => file[0] === 0x1f && file[1] === 0x8b;

const tooLarge = (path: string, maxBytes: number) =>
  new UserError(`${path} has more than ${maxBytes / MB} MB: split it by time.`);

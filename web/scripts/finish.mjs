/**
 * Finishes the static export: adds a Content-Security-Policy to every page and compressed copies of every file.
 *   node scripts/finish.mjs FOLDER
 * The policy allows the page's own inline scripts by hash and no others. A meta tag works on any static host; the API sends
 * the same policy as a header.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Smaller files gain nothing from compression. Bytes. */
const COMPRESSED_FROM = 1_024;
const COMPRESSED = /\.(html|js|css|txt|svg|json|map)$/;
const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

const folder = process.argv[2];
if (!folder) throw new Error('Usage: node scripts/finish.mjs FOLDER');
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

for (const file of files) {
  if (file.endsWith('.html')) writeFileSync(file, withPolicy(readFileSync(file, 'utf8')));
  if (!COMPRESSED.test(file)) continue;
  const bytes = readFileSync(file);
  if (bytes.length < COMPRESSED_FROM) continue;
  writeFileSync(`${file}.br`, brotli(bytes));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** @param html a page without a policy */
function withPolicy(html) {
  const hashes = [...html.matchAll(INLINE_SCRIPT)].map(
    ([, script]) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy([...new Set(hashes)])}"/>`;
  // a policy applies to what follows it: first in the head, after the charset, which must be within the first bytes
  const [before, after] = html.split('<meta charSet="utf-8"/>');
  if (after === undefined) throw new Error('a page has no <meta charSet="utf-8"/>');
  return `${before}<meta charSet="utf-8"/>${meta}${after}`;
}

function policy(hashes) {
  const api = (process.env.NEXT_PUBLIC_API_URL ?? '').replace(/\/+$/, '');
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${api && ` ${new URL(api).origin}`}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}

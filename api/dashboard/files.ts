import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { etagOf } from '../http/etag.js';

/** A file of the dashboard, in memory, with its compressed variants. */
export interface DashboardFile {
  contentType: string;
  cacheControl: string;
  etag: string;
  /** Content-Security-Policy of a page; null for other files. */
  policy: string | null;
  identity: Buffer;
  br: Buffer | null;
  gzip: Buffer | null;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
/** Names in this folder contain a hash of the content. */
const HASHED = '/_next/static/';
const POLICY = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"\/>/;

/** The folder of the export, web/out: one level above api/ in the sources, two in dist/. */
export function exportFolder(): string {
  const places = ['../../web/out', '../../../web/out'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return places.find((path) => existsSync(path)) ?? places[0]!;
}

/**
 * Reads the dashboard's static export, finished by web/scripts/finish.mjs.
 * @param folder the folder of index.html
 * @returns the files by URL path; null if there is no export
 * @throws Error for a page without a policy, which means that the export was not finished
 */
export function readDashboard(folder: string): ReadonlyMap<string, DashboardFile> | null {
  if (!existsSync(join(folder, 'index.html'))) return null;
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const present = new Set(names);
  const files = new Map<string, DashboardFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (!contentType) continue;
    const compressed = (extension: string) =>
      present.has(name + extension) ? readFileSync(join(folder, name + extension)) : null;
    const identity = readFileSync(join(folder, name));
    const path = `/${name.split(sep).join('/')}`;
    files.set(urlOf(path), {
      contentType,
      cacheControl: path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: etagOf(identity),
      policy: path.endsWith('.html') ? policyOf(identity.toString('utf8'), path) : null,
      identity,
      br: compressed('.br'),
      gzip: compressed('.gz'),
    });
  }
  return files;
}

/** The URL of a page has no extension; that of index.html is its folder. */
const urlOf = (path: string): string => path.replace(/(?:\/index)?\.html$/, '') || '/';

function policyOf(html: string, path: string): string {
  const policy = POLICY.exec(html)?.[1];
  if (!policy)
    throw new Error(`${path} of the dashboard has no Content-Security-Policy. Build it with \`npm run build\`.`);
  // browsers ignore frame-ancestors in a <meta> element
  return `${policy}; frame-ancestors 'none'`;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { matchesEtag } from '../http/etag.js';
import type { DashboardFile } from './files.js';

/** Page that Next exports for unknown paths. */
const NOT_FOUND = '/404';
/** Security headers of every page. */
export const SECURITY = {
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};
const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Barkeep</title>
<h1>The dashboard is not built</h1>
<p>Run <code>npm run build</code> and restart. Everything else works; see the <a href="/docs">API reference</a>.</p>
</html>
`;

/**
 * Serves the dashboard from memory.
 * @param files the files of the export; null if it is not built, and then `/` says so
 */
export function serveDashboard(fastify: FastifyInstance, files: ReadonlyMap<string, DashboardFile> | null): void {
  if (!files) {
    fastify.get('/', (_request, reply) =>
      reply
        .status(503)
        .headers({ ...SECURITY, 'Content-Security-Policy': "default-src 'none'", 'Cache-Control': 'no-store' })
        .type('text/html; charset=utf-8')
        .send(NOT_BUILT),
    );
    return;
  }
  for (const [path, file] of files) {
    if (path !== NOT_FOUND) fastify.get(path, (request, reply) => sendFile(file, request, reply));
  }
}

/** Sends the 404 page to browsers. @returns false for other clients, and if there is no dashboard */
export function sendNotFoundPage(
  files: ReadonlyMap<string, DashboardFile> | null,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const page = files?.get(NOT_FOUND);
  const isBrowser = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (!page || !isBrowser || request.url.startsWith('/api/')) return false;
  void sendFile(page, request, reply.status(404));
  return true;
}

function sendFile(file: DashboardFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({ ...SECURITY, ETag: file.etag, 'Cache-Control': file.cacheControl, Vary: 'Accept-Encoding' });
  if (file.policy) reply.header('Content-Security-Policy', file.policy);
  if (reply.statusCode === 200 && matchesEtag(request.headers['if-none-match'], file.etag)) {
    return reply.status(304).send();
  }
  const [encoding, body] = encoded(file, request.headers['accept-encoding']);
  if (encoding) reply.header('Content-Encoding', encoding);
  return reply.type(file.contentType).send(body);
}

/** The smallest variant that the client accepts. */
function encoded(file: DashboardFile, accepted: string | string[] | undefined): [string | null, Buffer] {
  const accepts = (coding: string) =>
    String(accepted ?? '')
      .split(',')
      .some((item) => {
        const [name, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
        return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
      });
  if (file.br && accepts('br')) return ['br', file.br];
  if (file.gzip && accepts('gzip')) return ['gzip', file.gzip];
  return [null, file.identity];
}

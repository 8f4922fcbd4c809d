import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { matchesEtag } from '../http/etag.js';
import type { DashboardFile } from './files.js';

/** What Next exports for paths that there are not. */
const NOT_FOUND = '/404';
/** Of every page. */
export const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
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
<p>Run <code>npm run build</code> and start again. Everything else works: see the <a href="/docs">API reference</a>.</p>
</html>
`;

/**
 * Answers the paths of the dashboard from memory.
 * @param files of the export; null where it is not built: then `/` says so
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

/** The page for a path that there is not, where a person asks; false where a program does, or there is no dashboard. */
export function sendNotFoundPage(
  files: ReadonlyMap<string, DashboardFile> | null,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const page = files?.get(NOT_FOUND);
  const isForPerson = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (!page || !isForPerson || request.url.startsWith('/api/')) return false;
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

/** The smallest form that the client takes. */
function encoded(file: DashboardFile, accepted: string | string[] | undefined): [string | null, Buffer] {
  const takes = (coding: string) =>
    String(accepted ?? '')
      .split(',')
      .some((item) => {
        const [name, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
        return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
      });
  if (file.br && takes('br')) return ['br', file.br];
  if (file.gzip && takes('gzip')) return ['gzip', file.gzip];
  return [null, file.identity];
}

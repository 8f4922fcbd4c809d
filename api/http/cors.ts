import type { FastifyInstance } from 'fastify';

/** What scripts of another origin may read besides the body. */
const EXPOSED = 'Content-Disposition, ETag, Link, Retry-After, X-Market-Data';
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-None-Match, Last-Event-ID',
  'Access-Control-Max-Age': '86400',
};

/**
 * Lets pages of other origins ask: dashboards that another host serves. Without this browsers keep them out.
 * @param origins such as https://dashboard.example.com
 */
export function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return done();
    reply.headers({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED });
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return done();
    void reply.status(204).headers(PREFLIGHT).send();
  });
  // whatever else an answer depends on, caches must keep it apart by this too
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const vary = reply.getHeader('Vary');
    reply.header('Vary', vary === undefined ? 'Origin' : `${String(vary)}, Origin`);
    done(null, payload);
  });
}

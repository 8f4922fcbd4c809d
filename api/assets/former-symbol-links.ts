import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AssetCatalog } from './asset-catalog.js';

/**
 * Adds a `Link` to the path with the new symbol, as `canonical` (RFC 6596), to the responses for a former one.
 * @param catalog available once requests come
 */
export function linkFormerSymbols(fastify: FastifyInstance, catalog: () => AssetCatalog): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { symbol } = (request.params ?? {}) as { symbol?: string };
    const now = symbol === undefined || reply.statusCode >= 400 ? null : catalog().currentSymbolOf(symbol);
    if (symbol !== undefined && now !== null) {
      const other = reply.getHeader('link');
      const link = `<${pathWith(request, symbol, now)}>; rel="canonical"`;
      reply.header('Link', typeof other === 'string' ? `${other}, ${link}` : link);
    }
    done(null, payload);
  });
}

/** The path and query of a request with another symbol. */
function pathWith({ url }: FastifyRequest, symbol: string, now: string): string {
  const segments = url.split('/');
  const at = segments.findIndex((segment) => decode(segment.replace(/\?.*$/, '')) === symbol);
  if (at >= 0) segments[at] = segments[at]!.replace(/^[^?]*/, encodeURIComponent(now));
  return segments.join('/');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

import { Readable } from 'node:stream';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Format, StatusResponse, TableResponse, type Freshness } from './response.js';
import { etagOf, etagOfAll, matchesEtag } from './etag.js';
import { pathOf } from './problem.filter.js';
import { formatOf, renderTable, type Rendered } from './render.js';

const CACHE_CONTROL = {
  revalidate: 'no-cache',
  settled: 'public, max-age=86400',
} satisfies Record<Freshness, string>;

/**
 * Turns what a controller returns into an answer with its media type, validators and links. Strings pass as they are.
 * An interceptor would be the place that Nest names for it; the first one of a route costs each request more time than all
 * the rest of Nest.
 */
export class SerializingAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, value: unknown, statusCode?: number): FastifyReply {
    return super.reply(reply, answer(value, reply.request, reply), statusCode);
  }
}

function answer(value: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof StatusResponse) {
    reply.status(value.status).header('Cache-Control', 'no-store').headers(value.headers).type(JSON_TYPE);
    return JSON.stringify(value.body);
  }
  const tag = value instanceof TableResponse ? table(value, request.headers.accept) : json(value);
  reply.header('ETag', tag.etag);
  if (value instanceof TableResponse) describeTable(value, tag, request, reply);
  else reply.header('Cache-Control', CACHE_CONTROL.revalidate);
  if (matchesEtag(request.headers['if-none-match'], tag.etag)) {
    reply.status(304);
    return undefined;
  }
  reply.type(tag.contentType);
  // all rows were read before: nothing can fail once the first of them is sent
  return typeof tag.payload === 'function' ? Readable.from(tag.payload()) : tag.payload;
}

const JSON_TYPE = 'application/json; charset=utf-8';

interface Tagged extends Omit<Rendered, 'body'> {
  payload: string | Buffer | (() => Iterable<string>);
  etag: string;
}

/** From this size, in characters, text becomes bytes once, for hash and socket alike; smaller ones travel with the headers. */
const WORTH_BYTES = 16_384;

function tagged({ body, ...rest }: Rendered): Tagged {
  if (typeof body === 'function') return { ...rest, payload: body, etag: etagOfAll(body()) };
  const payload = body.length < WORTH_BYTES ? body : Buffer.from(body);
  return { ...rest, payload, etag: etagOf(payload) };
}

/** Services that share an object between requests have it written once. */
const written = new WeakMap<object, Tagged>();
/** The same for tables, by format. */
const writtenTables = new WeakMap<TableResponse, Map<Format, Tagged>>();

function table(value: TableResponse, accept: string | undefined): Tagged {
  const format = formatOf(value, accept);
  let byFormat = writtenTables.get(value);
  if (!byFormat) writtenTables.set(value, (byFormat = new Map<Format, Tagged>()));
  let answer = byFormat.get(format);
  if (!answer) byFormat.set(format, (answer = tagged(renderTable(value, format))));
  return answer;
}

function json(value: object): Tagged {
  let answer = written.get(value);
  if (!answer) {
    answer = tagged({ body: JSON.stringify(value), contentType: JSON_TYPE });
    written.set(value, answer);
  }
  return answer;
}

function describeTable(
  { table }: TableResponse,
  { contentDisposition }: Tagged,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.header('Cache-Control', CACHE_CONTROL[table.freshness]);
  // in lower case, which is how the compression finds its own
  reply.header('Vary', 'accept, accept-encoding');
  if (contentDisposition) reply.header('Content-Disposition', contentDisposition);
  if (table.nextCursor) reply.header('Link', `<${nextUrl(request, table.nextCursor)}>; rel="next"`);
}

/** The same request for the next page: an absolute path, which is right behind any proxy. */
function nextUrl(request: FastifyRequest, cursor: string): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  query.set('cursor', cursor);
  return `${pathOf(request)}?${query.toString()}`;
}

import { Readable } from 'node:stream';
import { HttpStatus } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StatusResponse, TableResponse, type Freshness } from './response.js';
import { etagOf, etagOfAll, matchesEtag } from './etag.js';
import { pathOf } from './problem.filter.js';
import { renderTable, type Rendered } from './render.js';

const CACHE_CONTROL = {
  revalidate: 'no-cache',
  immutable: 'public, max-age=86400, immutable',
} satisfies Record<Freshness, string>;

/**
 * Serialises what a controller returns, with its media type, validators and links. Strings pass unchanged. By hand, and not
 * as an interceptor: the first interceptor of a route costs each request more time than all the rest of Nest (docs/adr/0011).
 */
export class SerializingAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, value: unknown, statusCode?: number): FastifyReply {
    return super.reply(reply, serialize(value, reply.request, reply), statusCode);
  }
}

function serialize(value: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof StatusResponse) {
    reply.status(value.status).header('Cache-Control', 'no-store').headers(value.headers).type(JSON_TYPE);
    return JSON.stringify(value.body);
  }
  const serialized = value instanceof TableResponse ? tableOf(value) : jsonOf(value);
  if (serialized.etag) reply.header('ETag', serialized.etag);
  if (value instanceof TableResponse) setTableHeaders(value, serialized, request, reply);
  else reply.header('Cache-Control', CACHE_CONTROL.revalidate);
  if (serialized.etag && matchesEtag(request.headers['if-none-match'], serialized.etag)) {
    reply.status(HttpStatus.NOT_MODIFIED);
    return undefined;
  }
  reply.type(serialized.contentType);
  // the headers are known without the rows that are not read yet
  if (request.method === 'HEAD' && !serialized.etag) return Readable.from([]);
  return typeof serialized.payload === 'function'
    ? Readable.from(serialized.payload() as AsyncIterable<string>)
    : serialized.payload;
}

const JSON_TYPE = 'application/json; charset=utf-8';

interface Serialized extends Omit<Rendered, 'body'> {
  payload: string | Buffer | (() => Iterable<string>) | (() => AsyncIterable<string>);
  /** Null for a table that is sent as it is read. */
  etag: string | null;
}

/** From this size, in characters, a text is encoded once for both hash and socket; a shorter one is sent along with the headers. */
const ENCODING_THRESHOLD = 16_384;

function withEtag({ body, ...rest }: Omit<Rendered, 'body'> & { body: string | (() => Iterable<string>) }): Serialized {
  if (typeof body === 'function') return { ...rest, payload: body, etag: etagOfAll(body()) };
  const payload = body.length < ENCODING_THRESHOLD ? body : Buffer.from(body);
  return { ...rest, payload, etag: etagOf(payload) };
}

/** Objects that services share between requests are serialised once. */
const serializedObjects = new WeakMap<object, Serialized>();

function tableOf(response: TableResponse): Serialized {
  let serialized = serializedObjects.get(response);
  if (!serialized) {
    const { body, ...rest } = renderTable(response);
    serialized = response.table.rest
      ? { ...rest, payload: body, etag: null }
      : withEtag({ ...rest, body: body as string | (() => Iterable<string>) });
    serializedObjects.set(response, serialized);
  }
  return serialized;
}

function jsonOf(value: object): Serialized {
  let serialized = serializedObjects.get(value);
  if (!serialized) {
    serialized = withEtag({ body: JSON.stringify(value), contentType: JSON_TYPE });
    serializedObjects.set(value, serialized);
  }
  return serialized;
}

function setTableHeaders(
  { table }: TableResponse,
  { contentDisposition }: Serialized,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.header('Cache-Control', CACHE_CONTROL[table.freshness]);
  // in lower case, as @fastify/compress looks for its own field
  reply.header('Vary', 'accept, accept-encoding');
  if (contentDisposition) reply.header('Content-Disposition', contentDisposition);
  if (table.nextCursor) reply.header('Link', `<${nextUrl(request, table.nextCursor)}>; rel="next"`);
}

/** The same request for the next page: an absolute path, which is correct behind any proxy. */
function nextUrl(request: FastifyRequest, cursor: string): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  query.set('cursor', cursor);
  return `${pathOf(request)}?${query.toString()}`;
}

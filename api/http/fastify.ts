import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { countHosts } from '../../config/allowed-hosts.js';
import { REQUEST_LIMITS } from '../../config/request-limits.js';
import type { ApiDeps } from '../deps.js';
import { SerializingAdapter } from './response-serializer.js';
import { respondToClientError } from './client-error.js';
import { toProblem } from './failures.js';
import { Problem } from './problem.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';
import { SECOND } from '../../domain/timeframe.js';
import { sendProblem } from './problem.filter.js';
import { RouteTable } from './allowed-methods.js';

/** On every response: browsers must not guess a media type. */
const ALWAYS = { 'X-Content-Type-Options': 'nosniff' };
const SIMULATED = { 'X-Market-Data': 'simulated' };
/** A connection on which nothing moves for this long is closed; streams send a heartbeat more often. */
const IDLE_TIMEOUT_MS = 90 * SECOND;
/** Compressing smaller responses costs more than it saves. Bytes. */
const COMPRESSION_THRESHOLD = 2_048;
/** The default of brotli, 11, is meant for files that are compressed once. */
const BROTLI_QUALITY = 4;

/** Fastify for the API: it marks simulated data, sends problems for requests that the router rejects, and logs nothing itself. */
export function fastifyAdapter(deps: ApiDeps): { adapter: FastifyAdapter; routes: RouteTable } {
  const marks: Record<string, string> = { ...ALWAYS, ...(deps.mode === 'sandbox' && SIMULATED) };
  const adapter = new SerializingAdapter({
    forceCloseConnections: true,
    requestTimeout: REQUEST_LIMITS.requestTimeout,
    connectionTimeout: IDLE_TIMEOUT_MS,
    http: {
      headersTimeout: REQUEST_LIMITS.headersTimeout,
      connectionsCheckingInterval: REQUEST_LIMITS.connectionsCheckingInterval,
      // Node would refuse it by itself, without our headers
      requireHostHeader: false,
    },
    genReqId: ({ headers }: IncomingMessage) => requestIdOf(headers),
    // a URL that cannot be decoded never reaches ProblemFilter
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply.headers({ ...marks, [REQUEST_ID_HEADER]: request.id }), toProblem(error), request);
    },
    clientErrorHandler: (error, socket) => respondToClientError(error, socket, marks),
  });
  const routes = new RouteTable();
  const fastify = adapter.getInstance();
  // an expectation that Node does not know is ignored: it would refuse it by itself, without our headers
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  fastify.addHook('onRoute', (route) => routes.add(route.url, route.method));
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...marks, [REQUEST_ID_HEADER]: request.id });
    // clients that send the type of a body with every request mean none
    if (!hasBody(request.headers)) delete request.headers['content-type'];
    done(problemOfHost(request.raw, deps));
  });
  if (deps.log.isLevelEnabled('debug')) {
    fastify.addHook('onResponse', (request, reply, done) => {
      const { method, url, id: requestId } = request;
      deps.log.debug(
        { requestId, method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
        'request',
      );
      done();
    });
  }
  return { adapter, routes };
}

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function problemOfHost(request: IncomingMessage, deps: ApiDeps): Problem | undefined {
  const { host } = request.headers;
  if (host === undefined && request.httpVersion === '1.1')
    return new Problem(400, 'HTTP/1.1 requests have a Host header.');
  if (countHosts(request.rawHeaders) > 1)
    return new Problem(400, 'A request has one Host header; this one has several.');
  if (deps.allowsHost(host)) return undefined;
  return new Problem(421, `This API is not served as ${host}. If it should be, add this name to ALLOWED_HOSTS.`, {
    type: 'unknown-host',
  });
}

/** Compresses large responses for clients that accept it. */
export async function compressResponses(app: NestFastifyApplication): Promise<void> {
  await app.register(compress, {
    global: true,
    threshold: COMPRESSION_THRESHOLD,
    encodings: ['br', 'gzip'],
    // events are sent one by one: a compressor would delay them
    customTypes: /^(text\/(?!event-stream)|application\/(json|problem\+json|x-ndjson))/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
}

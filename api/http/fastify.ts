import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from '../deps.js';
import { SerializingAdapter } from './response-serializer.js';
import { respondToClientError } from './client-error.js';
import { allowOrigins } from './cors.js';
import { toProblem } from './failures.js';
import { sendProblem } from './problem.filter.js';
import { RouteTable } from './routes.js';

const SIMULATED = { 'X-Market-Data': 'simulated' };
/** Below this compression costs more than it saves. Bytes. */
const COMPRESSED_FROM = 2_048;

/** Fastify as the API uses it: a mark on simulated data, problems for what the router itself refuses, and no log lines. */
export function fastifyAdapter(deps: ApiDeps): { adapter: FastifyAdapter; routes: RouteTable } {
  const marks: Record<string, string> = deps.mode === 'sandbox' ? SIMULATED : {};
  const adapter = new SerializingAdapter({
    forceCloseConnections: true,
    // a URL that cannot be decoded never reaches the filter
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply.headers(marks), toProblem(error), request);
    },
    clientErrorHandler: (error, socket) => respondToClientError(error, socket, marks),
  });
  const routes = new RouteTable();
  const fastify = adapter.getInstance();
  fastify.addHook('onRoute', (route) => routes.add(route.url, route.method));
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(marks);
    done();
  });
  allowOrigins(fastify, deps.corsOrigins);
  if (deps.log.isLevelEnabled('debug')) {
    fastify.addHook('onResponse', (request, reply, done) => {
      const { method, url } = request;
      deps.log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
      done();
    });
  }
  return { adapter, routes };
}

/** Compresses big answers for clients that ask for it. */
export async function compressResponses(app: NestFastifyApplication): Promise<void> {
  await app.register(compress, {
    global: true,
    threshold: COMPRESSED_FROM,
    encodings: ['br', 'gzip'],
    // events are sent one by one: a compressor would hold them back
    customTypes: /^(text\/(?!event-stream)|application\/(json|problem\+json|x-ndjson))/,
    // the default of brotli is made for files that are compressed once
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
}

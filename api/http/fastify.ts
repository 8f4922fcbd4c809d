import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from '../deps.js';
import { SerializingAdapter } from './response-serializer.js';
import { respondToClientError } from './client-error.js';
import { toProblem } from './failures.js';
import { sendProblem } from './problem.filter.js';
import { RouteTable } from './routes.js';

const SIMULATED = { 'X-Market-Data': 'simulated' };
/** Compressing smaller responses costs more than it saves. Bytes. */
const COMPRESSION_THRESHOLD = 2_048;
/** The default of brotli, 11, is meant for files that are compressed once. */
const BROTLI_QUALITY = 4;

/** Fastify for the API: it marks simulated data, sends problems for requests that the router rejects, and logs nothing itself. */
export function fastifyAdapter(deps: ApiDeps): { adapter: FastifyAdapter; routes: RouteTable } {
  const marks: Record<string, string> = deps.mode === 'sandbox' ? SIMULATED : {};
  const adapter = new SerializingAdapter({
    forceCloseConnections: true,
    // a URL that cannot be decoded never reaches ProblemFilter
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
  if (deps.log.isLevelEnabled('debug')) {
    fastify.addHook('onResponse', (request, reply, done) => {
      const { method, url } = request;
      deps.log.debug({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
      done();
    });
  }
  return { adapter, routes };
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

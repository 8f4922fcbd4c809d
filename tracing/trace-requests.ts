import { context, type Context, propagation, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const SERVER_ERROR = 500;

/**
 * A span for each request, which continues the caller's trace (`traceparent`). One that a hook before this refuses has none, such
 * as a request to another host.
 */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer): void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const caller = propagation.extract(context.active(), request.headers);
    const { method, id, routeOptions } = request;
    const route = routeOptions.url ?? '';
    const attributes = { 'http.request.method': method, 'http.route': route, 'barkeep.request_id': id };
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, caller);
    const traced = trace.setSpan(caller, span);
    contexts.set(request, traced);
    context.with(traced, done);
  });
  // what reads a body ends in the context of its connection
  fastify.addHook('preValidation', (request, _reply, done) =>
    context.with(contexts.get(request) ?? context.active(), done),
  );
  fastify.addHook('onResponse', (request, reply, done) => {
    const traced = contexts.get(request);
    const span = traced && trace.getSpan(traced);
    if (!span) return done();
    span.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= SERVER_ERROR) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    done();
  });
}

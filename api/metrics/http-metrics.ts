import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { SECOND } from '../../domain/timeframe.js';

/** Measures the duration of each request by method, route pattern and status; a path without a route counts as `unmatched`. */
export function observeRequests(fastify: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'barkeep_http_request_duration_seconds',
    help: 'Time from the request to the end of the response.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / SECOND);
    done();
  });
}

/** A separate registry for each app, with the default metrics of a Node.js process. */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

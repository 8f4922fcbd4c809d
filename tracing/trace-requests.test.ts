import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import fastify from 'fastify';
import { traceRequests } from './trace-requests.js';

it('a request that an earlier hook refuses has no span, and the hooks after it are not skipped', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const app = fastify();
  const observed: string[] = [];
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.host !== 'ours') return reply.code(421).send('another host');
  });
  traceRequests(app, provider.getTracer('test'));
  app.addHook('onResponse', (request, _reply, done) => {
    observed.push(request.headers.host!);
    done();
  });
  app.get('/', () => 'welcome');
  for (const host of ['theirs', 'ours']) await app.inject({ url: '/', headers: { host } });
  expect(observed).toEqual(['theirs', 'ours']);
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['GET /']);
  await app.close();
});

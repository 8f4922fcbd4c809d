import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { context, diag, propagation, trace } from '@opentelemetry/api';
import { Client } from '@temporalio/client';
import { readEnv } from '../../config/env.js';
import { PIPELINE_QUEUE } from '../../contracts/queues.js';
import { type Tracing, tracingOf } from '../../tracing/index.js';
import { eventually } from '../environment/eventually.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type Running, startWorkers } from '../environment/workers.js';
import { stubServer } from '../stub-server.js';
import { type ApiUnderTest, NOW, startApi } from './api-fixture.js';

/** As OTLP over HTTP has them, in JSON. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}
interface Sent {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}

const TOKEN = 'test-admin-token';
const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

const collector = stubServer();
const problems: string[] = [];
let spans: Span[] = [];
let tracing: Tracing;
let temporal: TestNamespace;
let api: ApiUnderTest;
let workers: Running;

beforeAll(async () => {
  collector.respond = (request, response) => {
    void json(request).then((sent) => {
      const found = (sent as Sent).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      );
      spans = [...spans, ...found];
      response.end('{}');
    });
  };
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.base, OTEL_BSP_SCHEDULE_DELAY: '50' });
  tracing = (await tracingOf('test', (problem) => problems.push(problem)))!;
  temporal = await createTestNamespace();
  const { connection, options } = temporal.client;
  const client = new Client({ connection, namespace: options.namespace, interceptors: tracing.client });
  api = await startApi({ temporal: client, adminToken: TOKEN, tracing });
  const env = readEnv({});
  workers = await startWorkers({ temporal, pool: api.pool, env, clockOffsetMs: 0, queues: [PIPELINE_QUEUE], tracing });
});
afterAll(async () => {
  await workers.stop();
  await api.close();
  await temporal.close();
  await tracing.stop();
  for (const one of [context, diag, propagation, trace]) one.disable();
});

it('one trace leads from the caller through a request, a workflow and its activities to their SQL', async () => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/pipeline/backfills',
    headers: { authorization: `Bearer ${TOKEN}`, traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
    payload: { symbols: ['SPY'], timeframe: '1d', from: '2026-11-23', to: '2026-11-24' },
  });
  expect(answer.statusCode).toBe(202);
  const { workflowId } = answer.json<{ workflowId: string }>();
  const handle = temporal.client.workflow.getHandle(workflowId);
  // nothing requests its bars, as nobody serves the queues of providers
  await eventually(() => expect(spans.some(({ name }) => name.startsWith('RunActivity:'))).toBe(true));
  await handle.cancel();
  await eventually(() => expect(spans.some(({ name }) => name.startsWith('RunWorkflow:'))).toBe(true));

  const ofTrace = spans.filter(({ traceId }) => traceId === CALLER.traceId);
  const parentOf = (span: Span) => ofTrace.find(({ spanId }) => spanId === span.parentSpanId);
  const named = (start: string) => ofTrace.find(({ name }) => name.startsWith(start))!;
  const pathOf = (span: Span | undefined): string[] =>
    span ? [...pathOf(parentOf(span)), span.name.replace(/:(?!\w+Workflow).*/, '')] : [];
  const statement = ofTrace.find(
    (span) => span.name.startsWith('SQL') && parentOf(span)?.name.startsWith('RunActivity'),
  )!;
  expect(pathOf(statement).slice(0, -1)).toEqual([
    'POST /api/pipeline/backfills',
    'StartWorkflow:BackfillWorkflow',
    'RunWorkflow:BackfillWorkflow',
    'StartActivity',
    'RunActivity',
  ]);
  expect(named('POST').parentSpanId).toBe(CALLER.spanId);
  expect(ofTrace.some((span) => span.name.startsWith('SQL') && parentOf(span)?.name.startsWith('POST'))).toBe(true);
  expect(problems).toEqual([]);
});

it('what is not part of a trace is not traced: no statement of an idle worker is', () => {
  expect(spans.filter(({ name, parentSpanId }) => name.startsWith('SQL') && !parentSpanId)).toEqual([]);
});

it('no parameter of a statement is in a span', async () => {
  spans = [];
  await api.get(`/api/stocks/SPY/ohlcv?start=${new Date(NOW - 1_000).toISOString()}`);
  await eventually(() => expect(spans.some(({ name }) => name.startsWith('GET'))).toBe(true));
  const texts = spans.flatMap(({ attributes }) => attributes.map(({ value }) => value.stringValue ?? ''));
  expect(texts.filter((text) => text.includes('select')).length).toBeGreaterThan(0);
  expect(texts.filter((text) => text.includes('2026-11-24T15:30:19'))).toEqual([]);
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCHEDULES } from '../../contracts/schedules.js';
import { addFurtherSources } from '../../planning/further-sources.js';
import { document, type Operation } from '../openapi-document.js';
import { createTestNamespace, type TestNamespace } from '../environment/namespace.js';
import { type ApiUnderTest, PATIENT, startApi, storeBars } from './api-fixture.js';

const TOKEN = 'test-admin-token';

interface Documented {
  operationId: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** With the examples of the parameters that it needs. */
  url: string;
  operation: Operation;
}
const operations: Documented[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    operationId: operation.operationId,
    method: method.toUpperCase() as Documented['method'],
    url: urlOf(path, operation),
    operation,
  })),
);

function urlOf(path: string, { parameters = [] }: Operation): string {
  const exampleOf = ({ schema }: (typeof parameters)[number]) => encodeURIComponent(schema.examples![0] as string);
  const found = (name: string) => parameters.find((known) => known.in === 'path' && known.name === name)!;
  const needed = parameters.filter((known) => known.in === 'query' && known.required);
  const query = needed.map((known) => `${known.name}=${exampleOf(known)}`).join('&');
  return path.replace(/\{(\w+)\}/g, (_, name: string) => exampleOf(found(name))) + (query && `?${query}`);
}

/** Those whose examples name what a new server does not have, with what they answer. */
const ABSENT: Record<string, number> = {
  dismissRejected: 404,
  releaseRejected: 404,
  pipelineRun: 404,
  backfill: 404,
  cancelBackfill: 404,
  changeBackfill: 404,
  deleteAlertRule: 404,
};
const GOOD: Record<string, number> = { triggerSchedule: 202 };
/** No worker asks a provider here. */
const UNANSWERED: Record<string, number> = { followAssets: 503 };

let api: ApiUnderTest;
let temporal: TestNamespace;

beforeAll(async () => {
  temporal = await createTestNamespace();
  // no worker asks a provider here
  api = await startApi({ temporal: temporal.client, adminToken: TOKEN, timing: { ...PATIENT, lookUpMs: 0 } });
  const spec = { intervals: [{ every: '1h' as const }] };
  await Promise.all(
    Object.values(SCHEDULES).map((scheduleId) =>
      temporal.client.schedule.create({
        scheduleId,
        spec,
        action: { type: 'startWorkflow', workflowType: 'None', workflowId: scheduleId, taskQueue: 'none' },
      }),
    ),
  );
  await addFurtherSources(api.pool);
  const [spy, btc] = [api.assets.get('SPY')!, api.assets.get('BTC')!];
  const friday = { from: '2026-11-20T14:30Z', to: '2026-11-20T20:59Z' };
  await storeBars(api.pool, { asset: spy, timeframe: '1m', step: '1 minute', ...friday });
  await storeBars(api.pool, { asset: btc, timeframe: '30m', step: '30 minutes', ...friday });
});
afterAll(async () => {
  await api.close();
  await temporal.close();
});

// an example pauses or renames an asset that the others are about
beforeEach(async () => {
  await api.pool.query(`update assets set active = true, retired = false, inactive_because = null`);
});

/** As the document shows it: with its example of a body, and the token. */
const send = ({ method, url, operation }: Documented, query = '', as: string = method) => {
  const [body] = Object.values(operation.requestBody?.content['application/json']?.examples ?? {});
  return api.app.inject({
    method: as as 'GET',
    url: url + query,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body && { payload: body.value as object }),
  });
};

// the fixture compares each answer with the document
describe.each(operations.filter(({ operationId }) => operationId !== 'stream'))('$operationId', (documented) => {
  const { operationId, method, operation, url } = documented;

  it('answers its own example as it says', async () => {
    const answer = await send(documented);
    expect(answer.statusCode).toBe(ABSENT[operationId] ?? GOOD[operationId] ?? UNANSWERED[operationId] ?? 200);
  });

  it('refuses a parameter that it does not know in the words of its example', async () => {
    const { example } = operation.responses['400']!.content!['application/problem+json']!;
    const { statusCode, body } = await send(documented, url.includes('?') ? '&foo=1' : '?foo=1');
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toEqual({
      ...(example as object),
      instance: url.split('?', 1)[0],
      requestId: expect.any(String),
    });
  });

  it('is a 405 with Allow for another method, and a 401 without the token where it writes', async () => {
    const other = await send(documented, '', 'PUT');
    expect([other.statusCode, String(other.headers.allow)]).toEqual([405, expect.stringContaining(method)]);
    // Fastify knows this method, and misses the content type that it needs
    expect((await send(documented, '', 'QUERY')).statusCode).toBe(405);
    // where reads need no token, there is none to sign in with
    if (method === 'GET' || operationId === 'signIn') return;
    expect((await api.app.inject({ method, url })).statusCode).toBe(401);
  });

  it('answers HEAD with the headers of GET, and its ETag with 304 where it has one', async () => {
    if (method !== 'GET') return;
    const [got, head] = [await send(documented), await send(documented, '', 'HEAD')];
    expect([head.statusCode, head.headers['content-type']]).toEqual([got.statusCode, got.headers['content-type']]);
    expect('304' in operation.responses && got.statusCode === 200).toBe(got.headers.etag !== undefined);
    if (got.headers.etag === undefined) return;
    const again = await api.app.inject({ method, url, headers: { 'if-none-match': '*' } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });
});

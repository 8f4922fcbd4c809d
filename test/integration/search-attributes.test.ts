import { InterceptingCall, type Interceptor, Metadata, status } from '@grpc/grpc-js';
import { Client, Connection } from '@temporalio/client';
import { afterEach, expect, it } from 'vitest';
import { pino } from 'pino';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { backfillStartOptions } from '../../contracts/start-options.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { registerSearchAttributes } from '../../worker/search-attributes.js';
import { SetUpError } from '../../worker/set-up-error.js';
import { createBareNamespace, createTestNamespace, type TestNamespace } from '../environment/namespace.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A failure in place of the server's answer; null: the server answers. */
type Fault = (method: string) => { code: status; details: string } | null;

/** What the set-up has of Temporal, on a real server, except for the calls that fail. It also collects what is logged. */
function temporalWith({ address, namespace }: TestNamespace, fault: Fault) {
  const interceptor: Interceptor = (options, nextCall) => {
    const failure = fault(options.method_definition.path.split('/').at(-1)!);
    if (!failure) return new InterceptingCall(nextCall(options));
    return new InterceptingCall(nextCall(options), {
      start: (_, listener) => listener.onReceiveStatus({ ...failure, metadata: new Metadata() }),
      sendMessage: () => {},
      halfClose: () => {},
    });
  };
  const options = clientOptions(plainTemporal(address, namespace));
  const connection = Connection.lazy({ ...options, interceptors: [interceptor] });
  open.push(connection);
  const lines: string[] = [];
  const logger = pino({ base: undefined }, { write: (line: string) => void lines.push(line) });
  return { connection, client: new Client({ connection, namespace }), logger, lines };
}

async function namespaceWith(create: () => Promise<TestNamespace>): Promise<TestNamespace> {
  const namespace = await create();
  open.push(namespace);
  return namespace;
}

const startBackfill = ({ client }: TestNamespace) =>
  client.workflow.start(WORKFLOWS.backfill, backfillStartOptions('a', { trigger: 'manual' }, ['SPY']));

it('are added to a namespace that lacks them, and can be used at once', async () => {
  const namespace = await namespaceWith(createBareNamespace);
  await expect(startBackfill(namespace)).rejects.toThrow();
  await registerSearchAttributes(temporalWith(namespace, () => null));
  await expect(startBackfill(namespace)).resolves.toMatchObject({ workflowId: 'a' });
});

it('are waited for as long as the server does not know them yet', async () => {
  const namespace = await namespaceWith(createBareNamespace);
  let asked = 0;
  const rounds = 12 * Object.keys(SEARCH_ATTRIBUTES).length;
  const unknown = { code: status.INVALID_ARGUMENT, details: 'invalid query' };
  const temporal = temporalWith(namespace, (method) =>
    method === 'CountWorkflowExecutions' && ++asked <= rounds ? unknown : null,
  );
  await registerSearchAttributes(temporal);
  expect(asked).toBeGreaterThan(rounds);
  expect(temporal.lines.join('')).toContain('waiting until Temporal knows the new search attributes');
  await expect(startBackfill(namespace)).resolves.toBeDefined();
});

it.each([status.PERMISSION_DENIED, status.UNAUTHENTICATED, status.UNIMPLEMENTED])(
  'are not needed to be added where they exist; otherwise an operator reads how (gRPC status %i)',
  async (code) => {
    const forbidden: Fault = (method) =>
      method.endsWith('SearchAttributes') ? { code, details: 'Request unauthorized.' } : null;
    const ready = await namespaceWith(createTestNamespace);
    await expect(registerSearchAttributes(temporalWith(ready, forbidden))).resolves.toBeUndefined();

    const bare = await namespaceWith(createBareNamespace);
    const refused = registerSearchAttributes(temporalWith(bare, forbidden));
    await expect(refused).rejects.toThrow(SetUpError);
    const types = ['BarkeepPipeline=Keyword', 'BarkeepSymbols=KeywordList', 'BarkeepFailedSymbols=KeywordList'];
    for (const attribute of types) await expect(refused).rejects.toThrow(`--search-attribute "${attribute}"`);
    await expect(refused).rejects.toThrow(`tcld namespace search-attributes add --namespace ${bare.namespace} `);
    await expect(refused).rejects.toThrow(
      /temporal operator search-attribute create .*--name BarkeepPipeline --type Keyword/,
    );
  },
);

it('are refused for a namespace that does not exist, with the command that creates it', async () => {
  const existing = await namespaceWith(createTestNamespace);
  const refused = registerSearchAttributes(temporalWith({ ...existing, namespace: 'nowhere' }, () => null));
  await expect(refused).rejects.toThrow('temporal operator namespace create --namespace nowhere --retention 72h');
});

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { plainTemporal } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';

export interface TestNamespace {
  address: string;
  namespace: string;
  client: Client;
  close(): Promise<void>;
}

/** Creates a namespace for one test file, on the server that test/environment starts for all tests. */
export async function createTestNamespace(): Promise<TestNamespace> {
  const created = await createBareNamespace();
  await addSearchAttributes(created.client.connection, created.namespace);
  return created;
}

/** A namespace as it is before the set-up. */
export async function createBareNamespace(): Promise<TestNamespace> {
  const address = process.env.BARKEEP_TEST_TEMPORAL_ADDRESS;
  if (!address) throw new Error('BARKEEP_TEST_TEMPORAL_ADDRESS is not set: run the tests through `npm test`');
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect(clientOptions(plainTemporal(address, namespace)));
  const client = new Client({ connection, namespace });
  await registerNamespace(client);
  return { address, namespace, client, close: () => connection.close() };
}

/** Creates the namespace of a client, and waits until it can be used. */
export async function registerNamespace(client: Client): Promise<void> {
  await client.workflowService.registerNamespace({
    namespace: client.options.namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  // the services of the server learn about a new namespace one after another
  for (let tries = 0; ; tries++) {
    try {
      await client.workflow.getHandle('none').describe();
    } catch (error) {
      if ((error as Error).name === 'WorkflowNotFoundError' && !String((error as Error).message).includes('amespace'))
        break;
      if (tries > 100) throw error;
    }
    await sleep(100);
  }
}

/** Registers our search attributes, as the set-up does. */
export async function addSearchAttributes(connection: Client['connection'], namespace: string): Promise<void> {
  const { pipeline, trigger, symbols, status, failedSymbols } = SEARCH_ATTRIBUTES;
  const [keyword, keywordList] = [2, 7];
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: {
      ...{ [pipeline]: keyword, [trigger]: keyword, [symbols]: keywordList },
      ...{ [status]: keyword, [failedSymbols]: keywordList },
    },
  });
}

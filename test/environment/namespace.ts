import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { temporalConnectionOptions } from '../../contracts/temporal-connection.js';

export interface TestNamespace {
  address: string;
  namespace: string;
  client: Client;
  close(): Promise<void>;
}

/** Creates a namespace for one test file, on the server that test/environment starts for all tests. */
export async function createTestNamespace(): Promise<TestNamespace> {
  const address = process.env.BARKEEP_TEST_TEMPORAL_ADDRESS;
  if (!address) throw new Error('BARKEEP_TEST_TEMPORAL_ADDRESS is not set: run the tests through `npm test`');
  const connection = await Connection.connect(temporalConnectionOptions(address));
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const client = new Client({ connection, namespace });
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
  const { pipeline, trigger, symbols } = SEARCH_ATTRIBUTES;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { [pipeline]: 2, [trigger]: 2, [symbols]: 7 }, // keyword, keyword, list of keywords
  });
  return { address, namespace, client, close: () => connection.close() };
}

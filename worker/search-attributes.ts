import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';
import { SEARCH_KEYS } from '../contracts/search-attributes.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import type { Root } from './deps.js';
import { SetUpError } from './set-up-error.js';

/** How the server's API and its commands name each type. */
const TYPES = { KEYWORD: { code: 2, name: 'Keyword' }, KEYWORD_LIST: { code: 7, name: 'KeywordList' } } as const;
const ATTRIBUTES = Object.values(SEARCH_KEYS).map(({ name, type }) => ({ name, type: TYPES[type] }));
type Attribute = (typeof ATTRIBUTES)[number];

/** The services of a server learn of a new attribute within some seconds, at the latest with the next refresh of a minute. */
const MAPPED_WITHIN_MS = 2 * MINUTE;
const PROBE_INTERVAL_MS = 0.5 * SECOND;
const REPORT_EVERY = 10;
/** Temporal Cloud refuses its operator service; a server may do so for this client, or not have it. */
const FORBIDDEN = new Set([status.PERMISSION_DENIED, status.UNAUTHENTICATED, status.UNIMPLEMENTED]);

type Temporal = Pick<Root, 'client' | 'connection' | 'logger'>;

/**
 * Adds the search attributes that the namespace lacks, and waits until they can be used. Needs no right to add them where
 * they exist.
 * @throws SetUpError with the commands for an operator if they cannot be added, or if the namespace does not exist
 */
export async function registerSearchAttributes(temporal: Temporal): Promise<void> {
  const missing = await unknownOf(ATTRIBUTES, temporal);
  if (missing.length === 0) return;
  await add(missing, temporal);
  const deadline = performance.now() + MAPPED_WITHIN_MS;
  for (let tries = 1; ; tries++) {
    const unmapped = await unknownOf(missing, temporal);
    if (unmapped.length === 0) return;
    const names = unmapped.map(({ name }) => name);
    if (performance.now() > deadline)
      throw new SetUpError(
        `The search attributes ${names.join(', ')} were added, but Temporal does not know them after ` +
          `${MAPPED_WITHIN_MS / SECOND} s. Run the set-up again; if that does not help, read the Temporal server's log.`,
      );
    if (tries % REPORT_EVERY === 0)
      temporal.logger.info({ names }, 'waiting until Temporal knows the new search attributes');
    await sleep(PROBE_INTERVAL_MS);
  }
}

/** The attributes by which the server does not search yet: it refuses such a query. Unlike a list of them, every client may ask. */
async function unknownOf(attributes: readonly Attribute[], { client, connection }: Temporal): Promise<Attribute[]> {
  const { namespace } = client.options;
  const isKnown = async ({ name }: Attribute) => {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query: `${name} = 'none'` });
      return true;
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === status.INVALID_ARGUMENT) return false;
      if (isGrpcServiceError(error) && error.code === status.NOT_FOUND)
        throw new SetUpError(
          `The namespace "${namespace}" does not exist in Temporal. Create it, or set TEMPORAL_NAMESPACE:\n` +
            `  temporal operator namespace create --namespace ${namespace} --retention 72h`,
        );
      throw error;
    }
  };
  const known = await Promise.all(attributes.map(isKnown));
  return attributes.filter((_, i) => !known[i]);
}

async function add(missing: readonly Attribute[], { client, connection }: Temporal): Promise<void> {
  const { namespace } = client.options;
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, type.code]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    if (error.code === status.ALREADY_EXISTS) return; // not mapped yet, or another set-up was faster
    if (FORBIDDEN.has(error.code)) throw new SetUpError(howToAdd(missing, namespace));
    throw error;
  }
}

function howToAdd(missing: readonly Attribute[], namespace: string): string {
  const cloud = missing.map(({ name, type }) => `--search-attribute "${name}=${type.name}"`).join(' ');
  const server = missing.map(({ name, type }) => `--name ${name} --type ${type.name}`).join(' ');
  return (
    `The namespace "${namespace}" lacks search attributes, and Temporal does not let this client add them. Add them, and ` +
    'run the set-up again.\nTemporal Cloud:\n' +
    `  tcld namespace search-attributes add --namespace ${namespace} ${cloud}\n` +
    `  or in the Cloud UI: Namespaces, ${namespace}, Edit, Custom Search Attributes\n` +
    'Your own server, as a user with operator rights:\n' +
    `  temporal operator search-attribute create --namespace ${namespace} ${server}`
  );
}

import type { Runtime } from './runtime-file.js';

/** A check of `/readyz`. */
export interface ReadinessCheck {
  name: string;
  status: 'ok' | 'warning' | 'failed';
  detail: string;
}

/**
 * What the API of a running start says of itself and of everything that it needs, with the details, which the read token opens.
 * @throws Error if it does not answer before `signal` is aborted
 */
export async function readiness(
  { api, readToken }: Pick<Runtime, 'api' | 'readToken'>,
  signal: AbortSignal,
): Promise<ReadinessCheck[]> {
  const headers = readToken === null ? undefined : { Authorization: `Bearer ${readToken}` };
  const response = await fetch(`${api}/readyz`, { headers, signal });
  return ((await response.json()) as { checks: ReadinessCheck[] }).checks;
}

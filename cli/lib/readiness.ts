import { SECOND } from '../../domain/timeframe.js';
import type { Runtime } from './runtime-file.js';

const TIMEOUT_MS = 4 * SECOND;

/** What `/readyz` says of one thing that Barkeep needs. */
export interface ReadinessCheck {
  name: string;
  status: 'ok' | 'warning' | 'failed';
  /** Empty without a token, if reads need one. */
  detail: string;
}

/** Asks the API of a running `npm start` for its checks, with a token that may see their details. */
export async function readiness({
  api,
  readToken,
  adminToken,
}: Pick<Runtime, 'api' | 'readToken' | 'adminToken'>): Promise<ReadinessCheck[]> {
  const token = readToken ?? adminToken;
  const headers = token === null ? undefined : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${api}/readyz`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return ((await response.json()) as { checks: ReadinessCheck[] }).checks;
}

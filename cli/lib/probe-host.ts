import { SECOND } from '../../domain/timeframe.js';
import { networkCause } from '../../providers/network-cause.js';

const TIMEOUT_MS = 3 * SECOND;

/** What a host answered, whatever it answered. */
export interface HostAnswer {
  /** Of HTTP. */
  status: number;
  /** Its clock when it answered, epoch ms, in whole seconds; null if it does not tell. */
  clock: number | null;
  /** How long it took, ms. */
  tookMs: number;
}

/**
 * Sends a small request to a host, as our programs reach it: through a proxy, if there is one.
 * @throws Error whose message says why the host cannot be reached
 */
export async function probeHost(url: string): Promise<HostAnswer> {
  const since = performance.now();
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    const clock = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      clock: Number.isNaN(clock) ? null : clock,
      tookMs: Math.round(performance.now() - since),
    };
  } catch (error) {
    throw new Error(reasonOf(error as Error), { cause: error });
  }
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / SECOND} s`;
  // connecting to several addresses of one host fails with several errors, and no message of its own
  const { message, code } = networkCause(error);
  return message || code || error.message;
}

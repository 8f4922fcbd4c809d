import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { SECOND } from '../domain/timeframe.js';

/** Pause before reconnecting. */
const RETRY_MS = SECOND;

export interface ListenOptions {
  /** Called for each notification, and whenever listening starts: earlier notifications are not received. */
  onNotice: () => void;
  /** Called when the connection is lost or cannot be made; the listener then retries. */
  onLost: (error: Error) => void;
  signal: AbortSignal;
}

/** Listens on a channel, over one connection of the pool, until the signal; resolves once the connection is released. */
export async function listen(pool: pg.Pool, channel: string, options: ListenOptions): Promise<void> {
  while (!options.signal.aborted) {
    try {
      await listenOnce(pool, channel, options);
    } catch (error) {
      if (!options.signal.aborted) options.onLost(error as Error);
    }
    await delay(RETRY_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** @throws what broke the connection, or the signal's reason */
async function listenOnce(pool: pg.Pool, channel: string, { onNotice, signal }: ListenOptions): Promise<never> {
  const client = await pool.connect();
  const abandoned = Promise.withResolvers<never>();
  const abandon = () => abandoned.reject(signal.reason);
  try {
    client.on('error', abandoned.reject);
    client.on('end', () => abandoned.reject(new Error('the connection ended')));
    signal.addEventListener('abort', abandon, { once: true });
    signal.throwIfAborted();
    client.on('notification', onNotice);
    await Promise.race([client.query(`listen ${channel}`), abandoned.promise]);
    onNotice();
    return await abandoned.promise;
  } finally {
    signal.removeEventListener('abort', abandon);
    abandoned.promise.catch(() => undefined);
    // destroyed, because it still listens
    client.release(true);
  }
}

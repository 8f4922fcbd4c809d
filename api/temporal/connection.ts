import { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../../contracts/temporal-config.js';
import { clientOptions } from '../../contracts/temporal-connection.js';
import { SECOND } from '../../domain/timeframe.js';

/**
 * A lazy connection whose calls fail at once instead of being retried by the SDK, because clients of the API retry
 * themselves. Reconnects within two seconds after the server is back.
 */
export function temporalConnection(config: TemporalConfig): Connection {
  const options = clientOptions(config);
  const reconnect = {
    'grpc.initial_reconnect_backoff_ms': 0.5 * SECOND,
    'grpc.max_reconnect_backoff_ms': 2 * SECOND,
  };
  return Connection.lazy({
    ...options,
    interceptors: [], // the default ones retry
    channelArgs: { ...options.channelArgs, ...reconnect },
  });
}

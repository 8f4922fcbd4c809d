import { Connection, type ConnectionOptions } from '@temporalio/client';
import { SECOND } from '../domain/timeframe.js';
import type { TemporalConfig } from './temporal-config.js';

/** 127.0.0.0/8, ::1 or localhost, with a port. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]):/;

/**
 * Options of every client connection to a Temporal server. gRPC sends even what is for this machine through the proxy of
 * `http_proxy` and `https_proxy`, which cannot reach it; to other hosts, `no_proxy` decides.
 */
export const clientOptions = ({ connectionOptions }: TemporalConfig): ConnectionOptions => ({
  ...connectionOptions,
  channelArgs: LOOPBACK.test(connectionOptions.address) ? { 'grpc.enable_http_proxy': 0 } : {},
});

/**
 * A lazy connection for callers that try again by themselves: its calls fail at once instead of being retried by the SDK,
 * whose retries throw, where nobody can catch it, once the connection is closed. Reconnects within two seconds after the
 * server is back.
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

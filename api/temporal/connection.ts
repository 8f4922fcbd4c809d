import { Connection } from '@temporalio/client';

/**
 * A connection for asking how things are: nothing is sent before the first question, a question fails at once where the
 * SDK would retry it (whoever asks, asks again), and a server that comes back is found within two seconds.
 */
export function temporalConnection(address: string): Connection {
  return Connection.lazy({
    address,
    interceptors: [],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': 2_000 },
  });
}

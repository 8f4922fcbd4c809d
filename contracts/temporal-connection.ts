import type { ConnectionOptions } from '@temporalio/client';
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

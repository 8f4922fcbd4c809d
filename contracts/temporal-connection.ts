import type { ConnectionOptions } from '@temporalio/client';

/** 127.0.0.0/8 or localhost, with a port. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}):/;

/**
 * Options of every connection to a Temporal server. gRPC sends even what is for this machine through the proxy of
 * `http_proxy` and `https_proxy`, which cannot reach it; to other hosts, `no_proxy` decides.
 * @param address host:port
 */
export const temporalConnectionOptions = (address: string): Pick<ConnectionOptions, 'address' | 'channelArgs'> => ({
  address,
  channelArgs: LOOPBACK.test(address) ? { 'grpc.enable_http_proxy': 0 } : {},
});

import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import type { Identity } from './certificates.js';

export interface TlsProxy {
  /** host:port */
  address: string;
  close(): void;
}

/**
 * Puts TLS in front of a gRPC server that has none.
 * @param target host:port of the server
 * @param clientCa PEM of the authority whose clients are let in; null: all clients are
 */
export async function startTlsProxy(target: string, identity: Identity, clientCa: string | null): Promise<TlsProxy> {
  const [host, port] = target.split(':');
  const server = createServer(
    {
      cert: identity.certificate,
      key: identity.key,
      ALPNProtocols: ['h2'],
      ...(clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    (inner) => {
      const outer = connect(Number(port), host);
      inner.pipe(outer).pipe(inner);
      inner.on('error', () => outer.destroy());
      outer.on('error', () => inner.destroy());
      inner.on('close', () => outer.destroy());
      outer.on('close', () => inner.destroy());
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

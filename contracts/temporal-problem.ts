import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { SECOND } from '../domain/timeframe.js';
import type { TemporalConfig } from './temporal-config.js';

const PROBE_MS = 3 * SECOND;
/** What an HTTP/2 client sends first: the preface, and empty settings. */
const HELLO = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
/** The type of the frame that an HTTP/2 server sends first; a TLS server sends an alert instead. */
const SETTINGS_FRAME = 0x04;
const FRAME_TYPE_AT = 3;

const TRUST = 'TEMPORAL_TLS_SERVER_CA_CERT_PATH: the CA that signed its certificate is not trusted';
const NAME = 'TEMPORAL_TLS_SERVER_NAME: its certificate is for another name';
const NO_TLS =
  'TEMPORAL_TLS: the server does not use TLS. Set the variable to false; an API key or a certificate turns TLS on';
const NEEDS_TLS = 'TEMPORAL_TLS: the server requires TLS. Set the variable to true';
const NO_CERTIFICATE =
  'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH: the server requires a client certificate';
const REFUSED = 'TEMPORAL_TLS_CLIENT_CERT_PATH: the server refuses this client certificate';

/** What is wrong, by the codes of Node and OpenSSL. */
const BY_CODE: Record<string, string> = {
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TRUST,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TRUST,
  SELF_SIGNED_CERT_IN_CHAIN: TRUST,
  DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
  CERT_SIGNATURE_FAILURE: TRUST,
  ERR_TLS_CERT_ALTNAME_INVALID: NAME,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};
/** A server ends the handshake with one of these if the client's certificate is missing or not accepted. */
const CLIENT_REFUSED = /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED|UNSUPPORTED)/;

/**
 * Why a server cannot be used, in words for an operator: what is wrong, and the variable to set. gRPC often
 * reports only a time-out, so this makes a connection of its own.
 * @param error what connecting or the first call failed with
 */
export async function temporalProblem({ connectionOptions }: TemporalConfig, error: Error): Promise<string> {
  const { address, tls, apiKey } = connectionOptions;
  const files = typeof tls === 'object' ? tls : null;
  const usesTls = Boolean(tls ?? apiKey);
  const problem = await probe(address, usesTls ? tlsOptions(address, files) : null).then(
    () => error.message,
    (failure: NodeJS.ErrnoException) => {
      const { code = '', message } = failure;
      if (!usesTls) return failure instanceof NotHttp2 ? NEEDS_TLS : message;
      if (CLIENT_REFUSED.test(code) || failure instanceof NotHttp2)
        return files?.clientCertPair ? `${REFUSED} (${message})` : NO_CERTIFICATE;
      const words = BY_CODE[code];
      return words ? `${words} (${message})` : message;
    },
  );
  return `Temporal at ${address} cannot be used: ${problem}`;
}

type TlsFiles = Exclude<TemporalConfig['connectionOptions']['tls'], boolean | null | undefined>;

function tlsOptions(address: string, files: TlsFiles | null): ConnectionOptions {
  const { host } = hostAndPort(address);
  const servername = files?.serverNameOverride ?? (isIP(host) ? undefined : host);
  const buffer = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes);
  return {
    ...(servername ? { servername } : {}),
    ca: buffer(files?.serverRootCACertificate),
    cert: buffer(files?.clientCertPair?.crt),
    key: buffer(files?.clientCertPair?.key),
    ALPNProtocols: ['h2'],
  };
}

/** The server ended the connection, or its first bytes were not those of HTTP/2. */
class NotHttp2 extends Error {}

/** Connects, and waits for the server's first bytes: with TLS 1.3 it refuses a client only after the handshake. */
async function probe(address: string, tls: ConnectionOptions | null): Promise<void> {
  const target = hostAndPort(address);
  const socket: Socket = tls ? connectTls({ ...target, ...tls }) : connectPlain(target);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new NotHttp2('it ended the connection')));
      socket.once('data', (bytes) => {
        if (bytes[FRAME_TYPE_AT] === SETTINGS_FRAME) resolve();
        else reject(new NotHttp2('it does not speak HTTP/2'));
      });
      socket.setTimeout(PROBE_MS, () => reject(new Error(`it does not answer within ${PROBE_MS / SECOND} s`)));
      socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(HELLO));
    });
  } finally {
    socket.on('error', () => {}); // of what was already settled
    socket.destroy();
  }
}

function hostAndPort(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

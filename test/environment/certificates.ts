import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { DAY } from '../../domain/timeframe.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const VALID_MS = 7 * DAY;

/** A certificate and its private key, both in PEM format. */
export interface Identity {
  certificate: string;
  key: string;
}

/** A certificate authority that lives for one test. */
export interface Authority {
  /** PEM. */
  certificate: string;
  /** Certifies a server under names and IP addresses, or a client. */
  issue(name: string, hosts?: { dns?: string[]; ip?: string[] }): Promise<Identity>;
}

export async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common(),
    name: `CN=${name}`,
    keys,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const issue: Authority['issue'] = async (subject, { dns = [], ip = [] } = {}) => {
    const own = await newKeys();
    const hosts = [
      ...dns.map((value) => ({ type: 'dns' as const, value })),
      ...ip.map((value) => ({ type: 'ip' as const, value })),
    ];
    const certificate = await X509CertificateGenerator.create({
      ...common(),
      subject: `CN=${subject}`,
      issuer: authority.subject,
      signingKey: keys.privateKey,
      publicKey: own.publicKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        ...(hosts.length > 0 ? [new SubjectAlternativeNameExtension(hosts)] : []),
      ],
    });
    return { certificate: pem(certificate), key: await keyPem(own.privateKey) };
  };
  return { certificate: pem(authority), issue };
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
const pem = (certificate: X509Certificate) => `${certificate.toString('pem')}\n`;
const keyPem = async (key: webcrypto.CryptoKey) =>
  `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
const common = () => ({
  serialNumber: `01${randomBytes(8).toString('hex')}`,
  notBefore: new Date(Date.now() - DAY),
  notAfter: new Date(Date.now() + VALID_MS),
  signingAlgorithm: ALGORITHM,
});

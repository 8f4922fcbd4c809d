import { writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EnvError } from '../config/env.js';
import { createAuthority } from '../test/environment/certificates.js';
import { temporaryFolder } from '../test/environment/temporary-folder.js';
import { readTemporalConfig } from './temporal-config.js';

const ADDRESS = { TEMPORAL_ADDRESS: 'temporal.example:7233' };
const folder = temporaryFolder();
function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The message of the error that reading throws. */
function problemOf(source: NodeJS.ProcessEnv): string {
  try {
    readTemporalConfig(source);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

const toml = file(
  'temporal.toml',
  `[profile.default]
address = "default.example:7233"
[profile.cloud]
address = "barkeep.a1b2c.tmprl.cloud:7233"
namespace = "barkeep.a1b2c"
api_key = "s3cret"
grpc_meta = { team = "bars" }
[profile.lost.tls]
client_cert_path = "/nowhere/client.pem"
[profile.odd]
address = "https://barkeep.example"
`,
);
const cloud = { TEMPORAL_CONFIG_FILE: toml, TEMPORAL_PROFILE: 'cloud' };

describe('the configuration of Temporal', () => {
  it('needs an address, and has a namespace anyway', () => {
    expect(readTemporalConfig(ADDRESS)).toMatchObject({
      connectionOptions: { address: 'temporal.example:7233', tls: undefined, apiKey: undefined },
      namespace: 'default',
    });
    expect(readTemporalConfig(ADDRESS, 'sandbox').namespace).toBe('sandbox');
    expect(readTemporalConfig({ ...ADDRESS, TEMPORAL_NAMESPACE: 'bars' }, 'sandbox').namespace).toBe('bars');
    expect(problemOf({})).toMatch(/^TEMPORAL_ADDRESS is not set, and no profile \(TEMPORAL_PROFILE\) names an address/);
  });

  it('comes from a profile, and a variable goes before it', () => {
    expect(readTemporalConfig({ TEMPORAL_CONFIG_FILE: toml }).connectionOptions.address).toBe('default.example:7233');
    const { connectionOptions, namespace } = readTemporalConfig(cloud);
    expect(namespace).toBe('barkeep.a1b2c');
    expect(connectionOptions).toEqual({
      address: 'barkeep.a1b2c.tmprl.cloud:7233',
      apiKey: 's3cret',
      tls: true, // an API key turns it on
      metadata: { team: 'bars' },
    });
    const other = readTemporalConfig({ ...cloud, TEMPORAL_NAMESPACE: 'mine', TEMPORAL_TLS: 'FALSE' });
    expect(other).toMatchObject({ namespace: 'mine', connectionOptions: { tls: false, apiKey: 's3cret' } });
  });

  it('treats an empty variable as unset, and an empty file as none', () => {
    const empty = { TEMPORAL_NAMESPACE: '', TEMPORAL_API_KEY: '', TEMPORAL_TLS: '', TEMPORAL_PROFILE: '' };
    expect(readTemporalConfig({ ...ADDRESS, ...empty })).toEqual(readTemporalConfig(ADDRESS));
    const none = { ...ADDRESS, TEMPORAL_CONFIG_FILE: devNull, HOME: folder };
    expect(readTemporalConfig(none)).toEqual(readTemporalConfig(ADDRESS));
    // except for a header, which an empty variable removes
    expect(readTemporalConfig({ ...cloud, TEMPORAL_GRPC_META_TEAM: '' }).connectionOptions.metadata).toEqual({});
  });

  it('takes the API key from a file', () => {
    const source = { ...ADDRESS, TEMPORAL_API_KEY_FILE: file('api-key', 's3cret\n') };
    expect(readTemporalConfig(source).connectionOptions.apiKey).toBe('s3cret');
    expect(problemOf({ ...source, TEMPORAL_API_KEY: 's3cret' })).toBe(
      'TEMPORAL_API_KEY, TEMPORAL_API_KEY_FILE: set only one of them',
    );
    expect(problemOf({ ...source, TEMPORAL_API_KEY_FILE: '/nowhere/key' })).toContain(
      'TEMPORAL_API_KEY_FILE: /nowhere/key cannot be read (ENOENT)',
    );
  });

  it.each([
    [{ TEMPORAL_CONFIG_FILE: '/nowhere/t.toml' }, 'TEMPORAL_CONFIG_FILE: /nowhere/t.toml cannot be read (ENOENT)'],
    [{ ...cloud, TEMPORAL_PROFILE: 'prod' }, `TEMPORAL_PROFILE: Profile 'prod' not found in ${toml}`],
    [{ TEMPORAL_CONFIG_FILE: devNull, TEMPORAL_PROFILE: 'prod' }, `Profile 'prod' not found in ${devNull}`],
    [{ TEMPORAL_PROFILE: 'prod' }, `TEMPORAL_PROFILE: Profile 'prod' not found in temporal.toml in your configuration`],
    [{ ...cloud, TEMPORAL_PROFILE: 'odd' }, 'address of profile odd: must be host:port, such as 127.0.0.1:7233'],
    [{ TEMPORAL_ADDRESS: '127.0.0.1' }, 'TEMPORAL_ADDRESS: must be host:port'],
    [{ ...ADDRESS, TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS: must be true or false'],
    [{ ...ADDRESS, TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, 'set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the CA'],
    [{ ...ADDRESS, TEMPORAL_CONFIG_FILE: file('comment.toml', '# nothing') }, 'comment.toml has no profiles'],
    [
      { ...cloud, TEMPORAL_PROFILE: 'lost', ...ADDRESS },
      'tls.client_cert_path of profile lost: /nowhere/client.pem cannot be read (ENOENT). Correct the path',
    ],
  ])('is refused with the name of what is wrong: %#', (source, message) => {
    expect(problemOf(source)).toContain(message);
  });

  it.each([
    { ...cloud, TEMPORAL_API_KEY: 's3cret\n' },
    { ...ADDRESS, TEMPORAL_GRPC_META_AUTHORIZATION: 'Bearer s3cret\n' },
    { TEMPORAL_CONFIG_FILE: file('broken.toml', '[profile.cloud]\napi_key = "s3cret\n') },
    { ...ADDRESS, TEMPORAL_TLS_CLIENT_KEY_DATA: 's3cret', TEMPORAL_TLS_CLIENT_CERT_DATA: 's3cret' },
  ])('never repeats a secret: %#', (source) => {
    const problem = problemOf(source);
    expect(problem).toMatch(/^TEMPORAL_/);
    expect(problem).not.toContain('s3cret');
  });
});

describe('the certificates', () => {
  const paths: Record<'ca' | 'certificate' | 'key' | 'otherKey', string> = {
    ca: '',
    certificate: '',
    key: '',
    otherKey: '',
  };
  beforeAll(async () => {
    const authority = await createAuthority('barkeep');
    const [client, other] = await Promise.all([authority.issue('client'), authority.issue('other')]);
    paths.ca = file('ca.pem', authority.certificate);
    paths.certificate = file('client.pem', client.certificate);
    paths.key = file('client.key', client.key);
    paths.otherKey = file('other.key', other.key);
  });

  it('are read', () => {
    const { tls } = readTemporalConfig({
      ...ADDRESS,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: paths.ca,
      TEMPORAL_TLS_CLIENT_CERT_PATH: paths.certificate,
      TEMPORAL_TLS_CLIENT_KEY_PATH: paths.key,
      TEMPORAL_TLS_SERVER_NAME: 'temporal',
    }).connectionOptions;
    expect(tls).toMatchObject({ serverNameOverride: 'temporal', clientCertPair: expect.anything() });
  });

  it('are refused unless the client has both of its files, and they belong together', () => {
    const certificate = { ...ADDRESS, TEMPORAL_TLS_CLIENT_CERT_PATH: paths.certificate };
    expect(problemOf(certificate)).toMatch(/^TEMPORAL_TLS_CLIENT_CERT_PATH: needs TEMPORAL_TLS_CLIENT_KEY_PATH too/);
    const key = { ...ADDRESS, TEMPORAL_TLS_CLIENT_KEY_PATH: paths.key };
    expect(problemOf(key)).toMatch(/^TEMPORAL_TLS_CLIENT_KEY_PATH: needs TEMPORAL_TLS_CLIENT_CERT_PATH too/);
    expect(problemOf({ ...certificate, TEMPORAL_TLS_CLIENT_KEY_PATH: paths.otherKey })).toBe(
      'TEMPORAL_TLS_CLIENT_KEY_PATH: is not the private key of TEMPORAL_TLS_CLIENT_CERT_PATH',
    );
  });

  it('are refused if a file holds something else', () => {
    expect(problemOf({ ...ADDRESS, TEMPORAL_TLS_SERVER_CA_CERT_PATH: paths.key })).toContain(
      `TEMPORAL_TLS_SERVER_CA_CERT_PATH: ${paths.key} does not hold a certificate in PEM format`,
    );
    const swapped = {
      TEMPORAL_TLS_CLIENT_CERT_PATH: paths.certificate,
      TEMPORAL_TLS_CLIENT_KEY_PATH: paths.certificate,
    };
    expect(problemOf({ ...ADDRESS, ...swapped })).toContain('client.pem does not hold a private key in PEM format');
  });
});

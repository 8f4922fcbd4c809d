import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@temporalio/client';
import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { EnvError } from '../config/env.js';
import { readSecretFiles } from '../config/secret-files.js';

/** How to reach a Temporal server. */
export interface TemporalConfig {
  connectionOptions: Pick<ConnectionOptions, 'tls' | 'metadata'> & {
    /** host:port */
    address: string;
    apiKey?: string | undefined;
  };
  namespace: string;
}

type Variables = Record<string, string>;
type TlsFiles = Pick<NonNullable<ClientConfigProfile['tls']>, 'serverCACert' | 'clientCert' | 'clientKey'>;

const ADDRESS = /^([^\s:/[\]]+|\[[0-9a-f:.]+\]):\d+$/i;
/** May be given as TEMPORAL_API_KEY_FILE, which Temporal's own tools do not know. Certificates have variables for paths. */
const SECRETS = ['TEMPORAL_API_KEY'];
const BOOLEANS = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'];
/** Of these an empty one has a meaning: it removes a header that the profile sets. */
const HEADER_PREFIX = 'TEMPORAL_GRPC_META_';
/** The SDK requires this table in a file. */
const NO_PROFILES = '[profile]';

/** What each file holds, its setting without the ending, and what fails if it holds something else. */
const TLS_FILES = {
  serverCACert: { what: 'certificate', setting: 'server_ca_cert', parse: (pem: Buffer) => new X509Certificate(pem) },
  clientCert: { what: 'certificate', setting: 'client_cert', parse: (pem: Buffer) => new X509Certificate(pem) },
  clientKey: { what: 'private key', setting: 'client_key', parse: createPrivateKey },
} satisfies Record<keyof TlsFiles, object>;

/** Whether a variable says which server to use: TEMPORAL_ADDRESS, or the profile or the file that names one. */
export const namesTemporal = (source: NodeJS.ProcessEnv): boolean =>
  ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some((name) => Boolean(source[name]));

/** A server without TLS, such as the one that `npm start` runs. */
export const plainTemporal = (address: string, namespace: string): TemporalConfig => ({
  connectionOptions: { address },
  namespace,
});

/**
 * Reads the variables and the profile that the `temporal` command reads too: a variable overrides the profile. An empty
 * variable counts as unset.
 * @param defaultNamespace used if neither names one
 * @throws EnvError that names the variable or the key of the profile, and what to do; it repeats no key and no header
 */
export function readTemporalConfig(
  source: NodeJS.ProcessEnv = process.env,
  defaultNamespace = 'default',
): TemporalConfig {
  const given = variablesOf(source);
  const profile = loadProfile(given);
  checkAddress(profile.address, given);
  checkHeaders(profile);
  if (profile.tls && !profile.tls.disabled) checkTls(profile.tls, given);
  const { connectionOptions, namespace } = toClientOptions(profile);
  const { address, apiKey, tls, metadata } = connectionOptions;
  return { connectionOptions: { address: address!, apiKey, tls, metadata }, namespace: namespace ?? defaultNamespace };
}

/** @throws EnvError if a variable has a value that the SDK would misunderstand, or names a file that cannot be read */
function variablesOf(source: NodeJS.ProcessEnv): Variables {
  const { variables, problems } = readSecretFiles(source, SECRETS);
  if (problems.length > 0) throw new EnvError(problems.join('\n'));
  const given: Variables = {};
  for (const [name, value] of Object.entries(variables))
    if (value || (value === '' && name.startsWith(HEADER_PREFIX))) given[name] = value;
  for (const name of BOOLEANS) {
    if (given[name] === undefined) continue;
    given[name] = given[name].toLowerCase();
    if (!['true', 'false', '1', '0'].includes(given[name])) throw new EnvError(`${name}: must be true or false`);
  }
  if (['true', '1'].includes(given.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION ?? ''))
    throw new EnvError(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: not supported. Unset it, and set TEMPORAL_TLS_SERVER_CA_CERT_PATH to ' +
        'the CA of the server, and TEMPORAL_TLS_SERVER_NAME to the name in its certificate',
    );
  return given;
}

/** @throws EnvError if the file cannot be read, or has no such profile */
function loadProfile(given: Variables): ClientConfigProfile {
  const { TEMPORAL_CONFIG_FILE: path } = given;
  const text = path === undefined ? undefined : readConfigFile(path);
  const file = path ?? 'temporal.toml in your configuration folder';
  try {
    return loadClientConfigProfile({
      overrideEnvVars: given,
      // an empty file, such as /dev/null, has no profiles, so that only variables count
      ...(text === undefined ? {} : { configSource: { data: text || NO_PROFILES } }),
    });
  } catch (error) {
    throw new EnvError(
      `${profileProblem(error as Error, file)} (\`temporal config list\` shows the profiles of a file)`,
    );
  }
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new EnvError(`TEMPORAL_CONFIG_FILE: ${path} cannot be read (${codeOf(error)}). Correct the path or unset it`);
  }
}

/** Never the parser's message: it quotes the lines around the error, which may include an API key. */
function profileProblem(error: Error, file: string): string {
  const { line, column } = error as { line?: number; column?: number };
  if (line !== undefined) return `TEMPORAL_CONFIG_FILE: ${file} is not valid TOML at line ${line}, column ${column}`;
  if (error.message.startsWith('Profile ')) return `TEMPORAL_PROFILE: ${error.message.replace('config data', file)}`;
  if (error.message.startsWith('Cannot specify both')) return `TEMPORAL_TLS_*: ${error.message}`;
  return `TEMPORAL_CONFIG_FILE: ${file} has no profiles, or cannot be read`;
}

function checkAddress(address: string | undefined, given: Variables): void {
  if (address === undefined)
    throw new EnvError(
      'TEMPORAL_ADDRESS is not set, and no profile (TEMPORAL_PROFILE) names an address, so Temporal cannot be found. ' +
        '(`npm start` runs its own.)',
    );
  if (!ADDRESS.test(address))
    throw new EnvError(`${settingOf(given, 'TEMPORAL_ADDRESS', 'address')}: must be host:port, such as 127.0.0.1:7233`);
}

/** gRPC would repeat the value in its error. */
function checkHeaders({ apiKey = '', grpcMeta = {} }: ClientConfigProfile): void {
  if (/[^\x21-\x7e]/.test(apiKey))
    throw new EnvError(
      'TEMPORAL_API_KEY (api_key of the profile): contains a space, a line break or another invalid character',
    );
  for (const [name, value] of Object.entries(grpcMeta))
    if (/[^\x20-\x7e]/.test(value))
      throw new EnvError(
        `TEMPORAL_GRPC_META_* (grpc_meta of the profile): ${name} contains characters that are not allowed in a header`,
      );
}

/** @throws EnvError if a file of the TLS settings is missing or is not what it should be: the SDK would not say so */
function checkTls(tls: TlsFiles, given: Variables): void {
  readPem('serverCACert', tls, given);
  const certificate = readPem('clientCert', tls, given);
  const key = readPem('clientKey', tls, given);
  const [here, missing] = certificate ? (['clientCert', 'clientKey'] as const) : (['clientKey', 'clientCert'] as const);
  if (Boolean(certificate) !== Boolean(key))
    throw new EnvError(
      `${tlsSetting(here, tls, given)}: needs ${variableOf(`${TLS_FILES[missing].setting}_path`)} too: a client needs a ` +
        'certificate and its private key',
    );
  if (certificate && !new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key!)))
    throw new EnvError(
      `${tlsSetting('clientKey', tls, given)}: is not the private key of ${tlsSetting('clientCert', tls, given)}`,
    );
}

function readPem(name: keyof TlsFiles, tls: TlsFiles, given: Variables): Buffer | undefined {
  const source = tls[name];
  if (!source) return undefined;
  const setting = tlsSetting(name, tls, given);
  const where = 'path' in source ? `${source.path} ` : '';
  let pem: Buffer;
  try {
    pem = 'path' in source ? readFileSync(source.path) : Buffer.from(source.data);
  } catch (error) {
    throw new EnvError(`${setting}: ${where}cannot be read (${codeOf(error)}). Correct the path`);
  }
  try {
    TLS_FILES[name].parse(pem);
  } catch (error) {
    throw new EnvError(`${setting}: ${where}does not hold a ${TLS_FILES[name].what} in PEM format (${codeOf(error)})`);
  }
  return pem;
}

function tlsSetting(name: keyof TlsFiles, tls: TlsFiles, given: Variables): string {
  const setting = `${TLS_FILES[name].setting}_${'path' in tls[name]! ? 'path' : 'data'}`;
  return settingOf(given, variableOf(setting), `tls.${setting}`);
}

const variableOf = (tlsSetting: string): string => `TEMPORAL_TLS_${tlsSetting.toUpperCase()}`;

/** The variable if it is set, otherwise the key of the profile. */
const settingOf = (given: Variables, variable: string, key: string): string =>
  given[variable] === undefined ? `${key} of profile ${given.TEMPORAL_PROFILE ?? 'default'}` : variable;

/** Not the message: one of the file system repeats the path, and others could quote the content. */
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unreadable';

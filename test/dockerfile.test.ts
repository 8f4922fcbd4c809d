import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnv } from '../config/env.js';
import { dockerfile } from './compose.js';

const root = (path: string) => new URL(`../${path}`, import.meta.url);
const read = (path: string) => readFileSync(root(path), 'utf8');

describe('Dockerfile', () => {
  const copied = [...dockerfile().matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
    sources!.split(' '),
  );
  const [final] = dockerfile()
    .split(/^FROM /m)
    .slice(-1);

  it('copies only what exists and .dockerignore includes', () => {
    const ignore = read('.dockerignore').split('\n');
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

  it('does not run as root: its user is a number, which an orchestrator can check', () => {
    expect(final).toMatch(/^USER 1000:1000$/m);
  });

  it('asks the API for its health at a path that exists, on its port', () => {
    expect(final).toMatch(/^HEALTHCHECK .*\n {2}CMD \["node", "--eval", ".*127\.0\.0\.1:3000\/readyz/m);
    expect(readEnv({}).PORT).toBe(3000);
    expect(JSON.parse(read('api/openapi.json'))).toHaveProperty(['paths', '/readyz']);
  });

  it('installs no development dependency, and none that is optional', () => {
    for (const [, command] of dockerfile()
      .split('AS dependencies')[1]!
      .matchAll(/^RUN (npm ci .*)$/gm))
      expect(command).toContain('--omit=dev --omit=optional');
    // what is copied from the stage that builds is no package
    for (const [, path] of final!.matchAll(/^COPY --from=build \S+ (\S+)$/gm))
      expect(path).not.toContain('node_modules');
  });

  it('leaves the binary of the Temporal SDK for the machine that builds it', () => {
    const releases = readdirSync(root('node_modules/@temporalio/core-bridge/releases'));
    const [, kept] = /! -name "\$\(uname -m\)(\S+)"/.exec(dockerfile())!;
    for (const machine of ['x86_64', 'aarch64']) expect(releases).toContain(`${machine}${kept}`);
  });
});

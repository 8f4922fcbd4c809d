import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../test/environment/eventually.js';
import { temporaryFolder } from '../../test/environment/temporary-folder.js';

const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Records that it ran, and leaves files as Next.js does; waits to be ended if there is a file `wait`. */
const NEXT = `
  import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
  appendFileSync('../builds', 'x');
  if (existsSync('../wait')) setInterval(() => {}, 1_000);
  else {
    writeFileSync('next-env.d.ts', '/// <reference types="next" />');
    writeFileSync('tsconfig.tsbuildinfo', '{}');
    for (const folder of ['out', '.next']) mkdirSync(folder, { recursive: true });
  }`;
/** Records that it ran, and then installs, or waits to be ended if there is a file `wait`. */
const NPM = `
  const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
  appendFileSync('installs', 'x');
  if (existsSync('wait')) setInterval(() => {}, 1_000);
  else writeFileSync('node_modules/.package-lock.json', '{}');`;

/** A small project with the real bootstrap, and stand-ins for npm, the compiler and Next.js. */
function project() {
  const root = temporaryFolder();
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  cpSync(here('cli/bootstrap.mjs'), join(root, 'cli/bootstrap.mjs'), { recursive: true });
  cpSync(here('cli/prepare'), join(root, 'cli/prepare'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.swcrc', 'web/package.json']) write(name, '{}');
  write('web/app/page.tsx', 'export default 1;');
  write('web/scripts/finish.mjs', '');
  write('node_modules/next/package.json', '{"type": "module"}');
  write('node_modules/next/dist/bin/next', NEXT);
  write('node_modules/@swc/cli/bin/swc.js', '');
  write('npm.cjs', NPM);
  const start = (): { child: ChildProcess; output: () => string; ended: Promise<unknown[]> } => {
    const env = { PATH: process.env.PATH, npm_execpath: join(root, 'npm.cjs') };
    const child = spawn(process.execPath, ['cli/bootstrap.mjs', 'build'], { cwd: root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    return { child, output: () => output, ended: once(child, 'close') };
  };
  const count = (name: 'builds' | 'installs') => {
    return existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8').length : 0;
  };
  return { write, start, count };
}

const WHAT = { installs: 'installing dependencies', builds: 'building the dashboard' };

describe('installing and building', () => {
  it('is done once, and what it generates is no reason to do it again', async () => {
    const { start, count, write } = project();
    expect(await start().ended).toEqual([0, null]);
    const second = start();
    expect(await second.ended).toEqual([0, null]);
    expect(second.output()).toBe('');
    expect([count('installs'), count('builds')]).toEqual([1, 1]);
    write('web/app/page.tsx', 'export default 2;');
    expect(await start().ended).toEqual([0, null]);
    expect([count('installs'), count('builds')]).toEqual([1, 2]);
  });

  it.each(['installs', 'builds'] as const)('says to start again if it is interrupted during %s', async (step) => {
    const { start, count, write } = project();
    // already installed
    if (step === 'builds') write('node_modules/.package-lock.json', '{}');
    write('wait', '');
    const { child, output, ended } = start();
    await eventually(() => expect(count(step)).toBe(1));
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(output()).toContain(`Interrupted while ${WHAT[step]}. Nothing is broken: start again`);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  writeFileSync('arguments', process.argv.slice(2).join(' '));
  if (existsSync('wait')) setInterval(() => {}, 1_000);
  else writeFileSync('node_modules/.package-lock.json', '{}');`;

/** A small project with the real bootstrap, and stand-ins for npm, the compiler and Next.js. */
function project(root = temporaryFolder()) {
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
  const start = (
    command = 'build',
    more: Record<string, string> = {},
  ): { child: ChildProcess; output: () => string; ended: Promise<unknown[]> } => {
    const env = { PATH: process.env.PATH, npm_execpath: join(root, 'npm.cjs'), ...more };
    const child = spawn(process.execPath, ['cli/bootstrap.mjs', command], { cwd: root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    return { child, output: () => output, ended: once(child, 'close') };
  };
  const count = (name: 'builds' | 'installs') => {
    return existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8').length : 0;
  };
  return { root, write, start, count };
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

  it('waits for an npm whose start was killed, so that no two of them install into one folder', async () => {
    const { root, start, count, write } = project();
    write('wait', '');
    const killed = start();
    await eventually(() => expect(count('installs')).toBe(1));
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const npm = Number.parseInt(readFileSync(join(root, '.cache/prepare.lock/program'), 'utf8'));
    const next = start();
    try {
      await eventually(() => expect(next.output()).toContain(`(pid ${npm}; to end it: kill ${npm})`));
      expect(count('installs')).toBe(1);
    } finally {
      rmSync(join(root, 'wait'));
      process.kill(npm);
    }
    expect(await next.ended).toEqual([0, null]);
    expect(count('installs')).toBe(2);
  });

  it('takes the npm on PATH if another package manager has started it', async () => {
    const { root, start, count, write } = project();
    write('yarn.js', 'process.exit(1)');
    const npm = ['#!/bin/sh', `exec "${process.execPath}" "${root}/npm.cjs"`].join('\n');
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'bin/npm'), npm, { mode: 0o755 });
    expect(await start('build', { PATH: join(root, 'bin'), npm_execpath: join(root, 'yarn.js') }).ended).toEqual([
      0,
      null,
    ]);
    expect(count('installs')).toBe(1);
  });

  it('says so if there is no npm', async () => {
    const { root, start } = project();
    const { output, ended } = start('build', { PATH: root, npm_execpath: '' });
    expect(await ended).toEqual([1, null]);
    expect(output()).toContain('Installing dependencies failed: npm is not installed, or not on PATH.');
  });

  it('installs all that it needs, whatever npm’s settings leave out', async () => {
    const { root, start } = project();
    await start().ended;
    expect(readFileSync(join(root, 'arguments'), 'utf8')).toMatch(/^ci --include=dev --include=optional /);
  });

  it('installs nothing in a folder below which PostgreSQL cannot run', async () => {
    const { start, count } = project(join(temporaryFolder(), 'a $folder'));
    const { output, ended } = start('start');
    expect(await ended).toEqual([1, null]);
    expect(output()).toMatch(/^PostgreSQL cannot run below a folder with a \$ in its name: .+\nRename the folder/);
    expect(count('installs')).toBe(0);
  });
});

describe('a machine with an older Node', () => {
  const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.19.0'}})`;
  const onOlder = ({ start }: ReturnType<typeof project>) => start('build', { NODE_OPTIONS: `--import="${older}"` });

  it('says what to do if npm has not run the install script of the project’s own Node', async () => {
    const { output, ended } = onOlder(project());
    expect(await ended).toEqual([1, null]);
    expect(output()).toMatch(/whose install script has not run\.\nRun `npm ci --ignore-scripts=false`, or use Node 24/);
  });

  it('says why the project’s own Node does not run', async () => {
    const clone = project();
    mkdirSync(join(clone.root, 'node_modules/node/bin'), { recursive: true });
    const broken = ['#!/bin/sh', 'echo "node: --old is not allowed in NODE_OPTIONS" >&2', 'exit 9'].join('\n');
    writeFileSync(join(clone.root, 'node_modules/node/bin/node'), broken, { mode: 0o755 });
    const { output, ended } = onOlder(clone);
    expect(await ended).toEqual([1, null]);
    expect(output()).toContain(
      'own Node does not run here: node: --old is not allowed in NODE_OPTIONS\nMend that, or use',
    );
  });
});

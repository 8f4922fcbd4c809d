import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../test/environment/temporary-folder.js';
import { tracingOf } from './index.js';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

it('nothing is traced unless there is somewhere to send it to', async () => {
  expect(await tracingOf('test', () => undefined, {})).toBeNull();
  expect(await tracingOf('test', () => undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeNull();
});

it('the key of the collector may be in a file', async () => {
  const file = join(temporaryFolder(), 'headers');
  writeFileSync(file, 'x-key=planted\n');
  const variables: NodeJS.ProcessEnv = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  variables.OTEL_EXPORTER_OTLP_HEADERS_FILE = file;
  await (await tracingOf('test', () => undefined, variables))!.stop();
  // the exporter reads it there
  expect(variables.OTEL_EXPORTER_OTLP_HEADERS).toBe('x-key=planted');
});

it('nothing of OpenTelemetry is loaded until then', () => {
  const program = `
    const { registerHooks } = await import('node:module');
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const { tracingOf } = await import(${JSON.stringify(source('./index.ts'))});
    await tracingOf('test', () => {}, {});
    process.stdout.write(JSON.stringify(loaded));`;
  const preload = source('../test/environment/typescript.mjs');
  const args = ['--import', preload, '--input-type=module', '--eval', program];
  const loaded = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as string[];
  expect(loaded.some((url) => url.endsWith('/tracing/index.ts'))).toBe(true);
  expect(loaded.filter((url) => /opentelemetry|start-tracing/.test(url))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openApiText } from './offline.js';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
}

describe('the OpenAPI document', () => {
  it('is what api/openapi.json holds: npm run build && node dist/api/write-openapi.js', async () => {
    expect(await openApiText()).toBe(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
  });

  it('is OpenAPI 3.1 and names each operation once', () => {
    const { openapi, paths } = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as OpenApi;
    expect(openapi).toBe('3.1.0');
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

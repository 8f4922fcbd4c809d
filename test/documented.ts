import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';

type Schema = Record<string, unknown>;

/** A body of one media type as the OpenAPI document has it. */
export interface Documented {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: { name: string; in: string; description?: string; schema: Schema & { examples?: unknown[] } }[];
  requestBody?: { content: Record<string, Documented> };
  responses: Record<string, { content?: Record<string, Documented> }>;
  security?: unknown[];
}

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** The text of api/openapi.json, and what it says. */
export const documentText = readFileSync(new URL('../api/openapi.json', import.meta.url), 'utf8');
export const document = JSON.parse(documentText) as OpenApi;

const ajv = new Ajv2020({ strict: false, allErrors: true });
const FORMATS = { 'date-time': z.iso.datetime(), date: z.iso.date(), uuid: z.uuid(), uri: z.url() };
for (const [name, schema] of Object.entries(FORMATS)) {
  ajv.addFormat(name, (text: string) => schema.safeParse(text).success);
}
ajv.addSchema({ $id: 'openapi', components: document.components });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a value by a schema of the document; null = nothing. */
export function errorsOf(schema: Schema, value: unknown): string | null {
  // references are to the document as a whole
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  let validate = compiled.get(text);
  if (!validate) compiled.set(text, (validate = ajv.compile(JSON.parse(text) as Schema)));
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

// a path without parameters goes before one that its names would fit
const paths = Object.entries(document.paths)
  .map(([path, operations]) => ({ pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`), path, operations }))
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length);

interface Answer {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
}

/** How an answer departs from what is documented of its path; null where it does not, or nothing is. */
export function departureOf(method: string, url: string, { statusCode, headers, body }: Answer): string | null {
  const path = url.split('?', 1)[0]!;
  const operations = paths.find(({ pattern }) => pattern.test(path))?.operations;
  // browsers ask by OPTIONS before they ask
  if (!operations || method === 'OPTIONS') return null;
  const operation = operations[method === 'HEAD' ? 'get' : method.toLowerCase()];
  // of a method that there is not, the others tell what any other problem is
  const { responses } = operation ?? Object.values(operations)[0]!;
  const response = responses[String(statusCode)] ?? (statusCode >= 400 ? responses.default : undefined);
  const where = `${method} ${url}: ${statusCode}`;
  if (!response) return `${where} is not documented`;
  if (method === 'HEAD' || statusCode === 304) return body === '' ? null : `${where} has a body`;
  const type = String(headers['content-type']).split(';', 1)[0]!;
  const documented = response.content?.[type];
  if (!documented) return `${where} is ${type}, which is not documented`;
  if (!type.endsWith('json') || type.endsWith('ndjson') || headers['content-encoding']) return null;
  const errors = errorsOf(documented.schema, JSON.parse(body));
  return errors && `${where}: ${errors}`;
}

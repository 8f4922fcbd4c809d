import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';

type Schema = Record<string, unknown>;

/** A body of one media type in the OpenAPI document. */
export interface DocumentedBody {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    example?: unknown;
    schema: Schema & { examples?: unknown[] };
  }[];
  requestBody?: { content: Record<string, DocumentedBody> };
  responses: Record<string, { content?: Record<string, DocumentedBody> }>;
  security?: unknown[];
}

interface OpenApi {
  openapi: string;
  servers: unknown[];
  security: unknown[];
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** The text of api/openapi.json, and the same parsed. */
export const documentText = readFileSync(new URL('../api/openapi.json', import.meta.url), 'utf8');
export const document = JSON.parse(documentText) as OpenApi;

const ajv = new Ajv2020({ strict: false, allErrors: true });
const FORMATS = { 'date-time': z.iso.datetime(), date: z.iso.date(), uuid: z.uuid(), uri: z.url() };
for (const [name, schema] of Object.entries(FORMATS)) {
  ajv.addFormat(name, (text: string) => schema.safeParse(text).success);
}
ajv.addSchema({ $id: 'openapi', components: document.components });
const compiled = new Map<string, ValidateFunction>();

/** The errors of a value according to a schema of the document; null if it is valid. */
export function schemaErrorsOf(schema: Schema, value: unknown): string | null {
  // references refer to the whole document
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  let validate = compiled.get(text);
  if (!validate) compiled.set(text, (validate = ajv.compile(JSON.parse(text) as Schema)));
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

// a path without parameters takes precedence over one with parameters that also matches
const paths = Object.entries(document.paths)
  .map(([path, operations]) => ({ pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`), path, operations }))
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length);

interface ReceivedResponse {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
}

/** How a response differs from the documentation of its path; null if it does not, or if the path is not documented. */
export function mismatchOf(
  method: string,
  url: string,
  { statusCode, headers, body }: ReceivedResponse,
): string | null {
  const path = url.split('?', 1)[0]!;
  const operations = paths.find(({ pattern }) => pattern.test(path))?.operations;
  // OPTIONS is the preflight request of browsers
  if (!operations || method === 'OPTIONS') return null;
  const operation = operations[method === 'HEAD' ? 'get' : method.toLowerCase()];
  // an undocumented method must respond with the default problem, which the other methods document
  const { responses } = operation ?? Object.values(operations)[0]!;
  const response = responses[String(statusCode)] ?? (statusCode >= 400 ? responses.default : undefined);
  const where = `${method} ${url}: ${statusCode}`;
  if (!response) return `${where} is not documented`;
  if (method === 'HEAD' || statusCode === 304) return body === '' ? null : `${where} has a body`;
  const type = String(headers['content-type']).split(';', 1)[0]!;
  const documented = response.content?.[type];
  if (!documented) return `${where} is ${type}, which is not documented`;
  if (!type.endsWith('json') || type.endsWith('ndjson') || headers['content-encoding']) return null;
  const errors = schemaErrorsOf(documented.schema, JSON.parse(body));
  return errors && `${where}: ${errors}`;
}

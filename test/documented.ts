import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

type Schema = Record<string, unknown>;

/** A body of one media type as the OpenAPI document has it. */
export interface Documented {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: { name: string; description?: string; schema: Schema & { examples?: unknown[] } }[];
  requestBody?: { content: Record<string, Documented> };
  responses: Record<string, { content?: Record<string, Documented> }>;
  security?: unknown[];
}

export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** The kept document, and what is wrong with a value by a schema of it. */
export function documentedSchemas() {
  const document = JSON.parse(readFileSync(new URL('../api/openapi.json', import.meta.url), 'utf8')) as OpenApi;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const formats = { 'date-time': z.iso.datetime(), date: z.iso.date(), uuid: z.uuid(), uri: z.url() };
  for (const [name, schema] of Object.entries(formats)) {
    ajv.addFormat(name, (text: string) => schema.safeParse(text).success);
  }
  ajv.addSchema({ $id: 'openapi', components: document.components });
  const errorsOf = (schema: Schema, value: unknown): string | null => {
    // references are to the document as a whole
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as Schema);
    return validate(value) ? null : ajv.errorsText(validate.errors);
  };
  return { document, errorsOf };
}

import { z } from 'zod';

/** JSON Schema as zod writes it. */
interface Schema {
  example?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

/**
 * What a schema describes, put together from the examples of its fields: an answer as a whole, which cannot fall behind
 * its schema.
 * @throws Error that names a field without an example
 */
export const exampleOf = (schema: z.ZodType): unknown =>
  valueOf(z.toJSONSchema(schema, { io: 'output' }) as Schema, '');

function valueOf(schema: Schema, path: string): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return valueOf(schema.anyOf[0]!, path);
  if (schema.items) return [valueOf(schema.items, `${path}[]`)];
  if (schema.properties) {
    // what may be absent is there for a reason of its own, often one that excludes another
    const names = schema.required ?? [];
    return Object.fromEntries(names.map((name) => [name, valueOf(schema.properties![name]!, `${path}.${name}`)]));
  }
  throw new Error(`an answer has a field without an example: ${path}`);
}

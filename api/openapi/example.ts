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
 * Builds an example of a whole response from the examples of its fields, so that it always matches its schema.
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
    // optional fields are left out, because they often exclude each other
    const names = schema.required ?? [];
    return Object.fromEntries(names.map((name) => [name, valueOf(schema.properties![name]!, `${path}.${name}`)]));
  }
  throw new Error(`a schema has a field without an example: ${path}`);
}

import { z } from 'zod';

/** Named schemas. Each becomes a component of the OpenAPI document. */
const components = z.registry<{ id: string }>();

/** Registers a schema under a name. */
export function component<T extends z.ZodType>(id: string, schema: T): T {
  components.add(schema, { id });
  return schema;
}

const refTo = (id: string): string => `#/components/schemas/${id}`;

/** A reference to a named schema. @throws Error for a schema without a name */
export function reference(schema: z.ZodType): { $ref: string } {
  const id = components.get(schema)?.id;
  if (!id) throw new Error('only schemas registered with component() can be referenced');
  return { $ref: refTo(id) };
}

/** All named schemas as JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function componentSchemas(): Record<string, object> {
  const { schemas } = z.toJSONSchema(components, { uri: refTo, io: 'output' });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([id, { $schema: _dialect, $id: _uri, id: _id, ...schema }]) => [id, schema]),
  );
}

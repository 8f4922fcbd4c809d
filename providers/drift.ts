import type { z } from 'zod';
import { EXCERPT } from './errors.js';
import { ProviderError } from './provider.js';

/** `['chart', 'result', 0, 'meta']` as `chart.result[0].meta`. */
const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');

/** The error for JSON of an unexpected shape. @param field path of the deviation; '' = the payload as a whole */
export const drift = (provider: string, field: string, problem: string): ProviderError =>
  new ProviderError('schema-drift', `${provider}: ${field || 'the payload'}: ${problem}`.slice(0, EXCERPT), { field });

/** @throws ProviderError schema-drift that names the first field that does not match */
export function checkShape<T extends z.ZodType>(provider: string, schema: T, json: unknown): z.infer<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw drift(provider, fieldPath(issue.path), issue.message);
}

import type { z } from 'zod';
import { ProviderError } from './provider.js';

/** `['chart', 'result', 0, 'meta']` as `chart.result[0].meta`. */
const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');

/** JSON of another shape than expected; `field` names where. */
export const drift = (provider: string, field: string, problem: string): ProviderError =>
  new ProviderError('schema-drift', `${provider}: ${field || 'the answer'}: ${problem}`.slice(0, 300), { field });

/** @throws ProviderError schema-drift that names the first field which does not fit */
export function checkShape<T extends z.ZodType>(provider: string, schema: T, json: unknown): z.infer<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw drift(provider, fieldPath(issue.path), issue.message);
}

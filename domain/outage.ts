import type { SessionCoverage } from './transform/transform.js';

/** What tells of a provider's health rather than of one asset, when many assets show it at once. */
export const SYMPTOMS = ['RateLimited', 'ProviderUnavailable', 'BadContent', 'SchemaDrift', 'null_session'] as const;
export type Symptom = (typeof SYMPTOMS)[number];

export const isSymptom = (type: string): type is Symptom => (SYMPTOMS as readonly string[]).includes(type);

/** Fewer assets than these say nothing about their provider. */
const LEAST_ASSETS = 3;
/** So large a part of the assets with one symptom is no coincidence. */
const SHARE = 2 / 3;
/** Fewer slots than these are often empty by themselves. */
const LEAST_SLOTS = 5;

/** The symptom that most of the assets asked for in one cycle share, or null. */
export function sharedSymptom(
  asked: number,
  assetsBySymptom: Partial<Record<Symptom, readonly number[]>>,
): Symptom | null {
  if (asked < LEAST_ASSETS) return null;
  return SYMPTOMS.find((symptom) => (assetsBySymptom[symptom]?.length ?? 0) >= SHARE * asked) ?? null;
}

/** Whether an answer is mostly empty where bars are expected. */
export function isNullSession(answered: readonly Pick<SessionCoverage, 'answered' | 'filled'>[]): boolean {
  const count = (bits: (row: (typeof answered)[number]) => string) =>
    answered.reduce((sum, row) => sum + bits(row).replaceAll('0', '').length, 0);
  const expected = count((row) => row.answered);
  return expected >= LEAST_SLOTS && 2 * count((row) => row.filled) < expected;
}

import type { PayloadCoverage } from './transform/transform.js';

/** Signs of a provider's health rather than of one asset, if many assets show them at once. */
export const SYMPTOMS = ['RateLimited', 'ProviderUnavailable', 'BadContent', 'SchemaDrift', 'null_session'] as const;
export type Symptom = (typeof SYMPTOMS)[number];

export const isSymptom = (type: string): type is Symptom => (SYMPTOMS as readonly string[]).includes(type);

/** Fewer assets say nothing about their provider. */
const MIN_ASSETS = 3;
/** The share of assets with one symptom that cannot be a coincidence. */
const MIN_SHARE = 2 / 3;
/** Fewer slots are often empty for no reason. */
const MIN_SLOTS = 5;

/**
 * The symptom that most of the assets requested in one cycle share, or null.
 * @param requested number of assets
 * @param assetsBySymptom asset ids
 */
export function sharedSymptom(
  requested: number,
  assetsBySymptom: Partial<Record<Symptom, readonly number[]>>,
): Symptom | null {
  if (requested < MIN_ASSETS) return null;
  return SYMPTOMS.find((symptom) => (assetsBySymptom[symptom]?.length ?? 0) >= MIN_SHARE * requested) ?? null;
}

/** Whether a payload has a bar for less than half of the slots that it covers. */
export function isNullSession(coverage: readonly Pick<PayloadCoverage, 'answered' | 'filled'>[]): boolean {
  const count = (bits: (row: (typeof coverage)[number]) => string) =>
    coverage.reduce((sum, row) => sum + bits(row).replaceAll('0', '').length, 0);
  const expected = count((row) => row.answered);
  return expected >= MIN_SLOTS && 2 * count((row) => row.filled) < expected;
}

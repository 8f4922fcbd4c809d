import { PROVIDER_IDS } from '../config/catalog/providers.js';
import { PIPELINES, UPKEEP } from '../config/catalog/schedules.js';
import { STORED_TIMEFRAMES } from '../domain/timeframe.js';

/** What is wrong with the value of a field, in words; null if nothing is. */
type Check = (value: unknown) => string | null;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const listOf =
  (isOne: (value: unknown) => boolean, problem: string): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(isOne) ? null : problem;

const oneOf = (names: readonly string[]): Check => {
  const known: readonly unknown[] = names;
  return (value) => (known.includes(value) ? null : `must be one of ${names.join(', ')}`);
};

const symbols = listOf(isText, 'must be a list of symbols, such as ["SPY"]');
const timeframes = listOf(
  (value) => oneOf(STORED_TIMEFRAMES)(value) === null,
  `must be a list of timeframes: ${STORED_TIMEFRAMES.join(', ')}`,
);

/** The fields of LiveInput. */
export const LIVE_FIELDS = {
  pipeline: oneOf(Object.keys(PIPELINES)),
  at: (value) => (isText(value) && !Number.isNaN(Date.parse(value)) ? null : 'must be an RFC 3339 time'),
  symbols,
} satisfies Record<string, Check>;

/** The fields of VerifyInput. */
export const VERIFY_FIELDS = { symbols, timeframes } satisfies Record<string, Check>;

/** The fields of HealInput. */
export const HEAL_FIELDS = { pipeline: oneOf(Object.keys(UPKEEP)), ...VERIFY_FIELDS } satisfies Record<string, Check>;

const id: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? null : 'must be an id: a whole number';
const provider = oneOf(PROVIDER_IDS);

/** The fields of AdjustInput. */
export const ADJUST_FIELDS = {
  assetId: id,
  symbol: (value) => (isText(value) ? null : 'must be a symbol'),
  source: provider,
} satisfies Record<string, Check>;

/** The fields of ReleaseInput. */
export const RELEASE_FIELDS = {
  payloadId: id,
  assetId: id,
  timeframe: oneOf(STORED_TIMEFRAMES),
} satisfies Record<string, Check>;

/** The fields of LookUpInput. */
export const LOOK_UP_FIELDS = {
  provider,
  questions: (value) => (Array.isArray(value) ? null : 'must be a list of questions'),
} satisfies Record<string, Check>;

/**
 * What is wrong with the input of a workflow that anyone may start, in words; null if nothing is. A workflow can call this:
 * it is pure.
 * @param input null and undefined stand for an input without fields
 * @param required the fields that must be there
 */
export function inputProblem<Fields extends Readonly<Record<string, Check>>>(
  input: unknown,
  fields: Fields,
  required: readonly (keyof Fields & string)[] = [],
): string | null {
  const names = Object.keys(fields).join(', ');
  if (input === undefined || input === null)
    return required.length > 0 ? `${required.join(', ')}: must be given` : null;
  if (typeof input !== 'object' || Array.isArray(input)) return `the input must be a JSON object; fields: ${names}`;
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(fields, name)) return `${name}: unknown field; allowed: ${names}`;
    const problem = value === undefined ? null : fields[name]!(value);
    if (problem) return `${name}: ${problem}`;
  }
  const missing = required.filter((name) => !(name in input));
  return missing.length > 0 ? `${missing.join(', ')}: must be given` : null;
}

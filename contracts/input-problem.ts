import { ASKED_PROVIDER_IDS } from '../config/catalog/providers.js';
import { PIPELINES, UPKEEP } from '../config/catalog/schedules.js';
import { STORED_TIMEFRAMES } from '../domain/timeframe.js';
import type { LookUpInput, Question } from './look-up.js';
import type { AdjustInput, HealInput, LiveInput, ReleaseInput, VerifyInput } from './workflows.js';

/** What is wrong with the value of a field, in words; null if nothing is. Undefined is checked only where `isRequired`. */
interface Check {
  (value: unknown): string | null;
  isRequired?: true;
}

const required = (check: Check): Check => {
  const given: Check = (value) => (value === undefined ? 'must be given' : check(value));
  given.isRequired = true;
  return given;
};

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
} satisfies Record<keyof LiveInput, Check>;

/** The fields of VerifyInput. */
export const VERIFY_FIELDS = { symbols, timeframes } satisfies Record<keyof VerifyInput, Check>;

/** The fields of HealInput. */
export const HEAL_FIELDS = { pipeline: oneOf(Object.keys(UPKEEP)), ...VERIFY_FIELDS } satisfies Record<
  keyof HealInput,
  Check
>;

const id: Check = (value) => (Number.isSafeInteger(value) && Number(value) > 0 ? null : 'must be a whole number');
const askedProvider = oneOf(ASKED_PROVIDER_IDS);
const questionKind = oneOf(['search', 'instrument', 'prices'] satisfies Question['kind'][]);

/** The fields of AdjustInput. */
export const ADJUST_FIELDS = {
  assetId: required(id),
  symbol: required((value) => (isText(value) ? null : 'must be a symbol')),
  source: askedProvider,
} satisfies Record<keyof AdjustInput, Check>;

/** The fields of ReleaseInput. */
export const RELEASE_FIELDS = {
  payloadId: required(id),
  assetId: required(id),
  timeframe: required(oneOf(STORED_TIMEFRAMES)),
} satisfies Record<keyof ReleaseInput, Check>;

/** The fields of LookUpInput. */
export const LOOK_UP_FIELDS = {
  provider: required(askedProvider),
  questions: required(
    listOf(
      (value) => questionKind((value as Partial<Question> | null)?.kind) === null,
      'must be a list of questions, each with its kind: search, instrument or prices',
    ),
  ),
} satisfies Record<keyof LookUpInput, Check>;

/**
 * What is wrong with the input of a workflow that anyone may start, in words; null if nothing is. A workflow can call this:
 * it is pure.
 * @param input null and undefined stand for an input without fields
 */
export function inputProblem(input: unknown, fields: Readonly<Record<string, Check>>): string | null {
  const names = Object.keys(fields).join(', ');
  const given = input ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return `the input must be a JSON object; fields: ${names}`;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) return `${unknown}: unknown field; allowed: ${names}`;
  const values: Record<string, unknown> = { ...given };
  for (const [name, check] of Object.entries(fields)) {
    const problem = values[name] === undefined && !check.isRequired ? null : check(values[name]);
    if (problem) return `${name}: ${problem}`;
  }
  return null;
}

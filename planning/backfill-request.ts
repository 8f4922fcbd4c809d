import type pg from 'pg';
import { z } from 'zod';
import { timeframesOf } from '../config/catalog/kinds-of-providers.js';
import { MAX_CONCURRENCY } from '../contracts/backfill-updates.js';
import { INSTANT_FORMATS, INSTANT_OR_NUMBER_KEYWORDS, parseInstant } from '../contracts/instant.js';
import { type BackfillInput, BACKFILL_ORDERS, REPROCESS } from '../contracts/workflows.js';
import { activeAssets, type Asset } from '../db/repositories/read/active-assets.js';
import { AssetReader } from '../db/repositories/read/asset-reader.js';
import type { Window } from '../domain/bar.js';
import { SECOND, STORED_TIMEFRAMES, type StoredTimeframe } from '../domain/timeframe.js';
import { BadFieldsError, BadInputError, type InputProblem } from './bad-input.js';
import { BEGINNING, findAssets } from './series-input.js';

/*
 * What a backfill can be asked for. The workflow's input, the body of `POST /api/pipeline/backfills` and the options of
 * `npm run backfill` are all read here.
 */

const MAX_SYMBOLS = 1_000;

const time = (description: string, example: string) =>
  z
    .union([z.string(), z.number()], INSTANT_FORMATS)
    .transform(String)
    .pipe(z.string().refine((text) => parseInstant(text) !== null, INSTANT_FORMATS))
    .optional()
    .meta({ description, example, type: ['string', 'number'], ...INSTANT_OR_NUMBER_KEYWORDS });

const listOf = <T extends z.ZodType<string>>(name: T, max: number) =>
  z.array(name, 'must be a list').min(1, 'must name at least one').max(max, `must name at most ${max}`).optional();

const former = (name: string) => ({ description: `Former name of \`${name}\`.`, deprecated: true });

const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const timeframe = oneOf(STORED_TIMEFRAMES);

/** The fields of a request, each optional. */
export const BACKFILL_FIELDS = {
  symbols: listOf(z.string('must be a string').trim().min(1, 'must not be empty').toUpperCase(), MAX_SYMBOLS).meta({
    description: 'Symbols, case-insensitive. Default: all tracked assets.',
    example: ['SPY', 'BTC'],
  }),
  timeframes: listOf(timeframe, STORED_TIMEFRAMES.length).meta({
    description: "Stored timeframes. Default: all that the asset's provider has.",
    example: ['1m'],
  }),
  timeframe: timeframe.optional().meta({ description: 'A single timeframe, instead of `timeframes`.' }),
  from: time(
    'Start, inclusive: a time or a date, market clock. Default: the beginning of the history that the provider offers; for minute bars of years, the last 30 days.',
    '2026-11-01',
  ),
  to: time('End, exclusive: a time or a date, market clock. Default: now.', '2026-11-20'),
  reprocess: oneOf(REPROCESS).optional().meta({
    description:
      '`missing`: bars that are expected and not stored; those that the provider left empty wait until their next attempt is due. `failed`: only what earlier requests did not get (bars that were left empty or rejected, and series in which a request of a backfill failed), at once. `all`: also bars that are stored, to pick up late corrections. Default: `missing`.',
    example: 'missing',
  }),
  order: oneOf(BACKFILL_ORDERS).optional().meta({
    description: 'Whether the newest or the oldest bars of a page of assets come first. Default: `newest`.',
    example: 'newest',
  }),
  concurrency: z
    .int(`must be a whole number from 1 to ${MAX_CONCURRENCY}`)
    .min(1, `must be a whole number from 1 to ${MAX_CONCURRENCY}`)
    .max(MAX_CONCURRENCY, `must be a whole number from 1 to ${MAX_CONCURRENCY}`)
    .optional()
    .meta({
      description: `Maximum number of its requests in progress at a time, 1 to ${MAX_CONCURRENCY}. The providers' limits always apply. Default: ${MAX_CONCURRENCY}.`,
      example: 8,
    }),
  waitForApproval: z.boolean('must be true or false').optional().meta({
    description: 'Counts its requests first, then waits up to 7 days for approval. Default: false.',
    example: false,
  }),
  start: time('', '2026-11-01').meta(former('from')),
  end: time('', '2026-11-20').meta(former('to')),
  refetch: z.boolean('must be true or false').optional().meta({
    description: 'Former name of `reprocess`: true stands for `all`.',
    deprecated: true,
  }),
};

const RequestSchema = z.strictObject(BACKFILL_FIELDS);
export type BackfillRequest = z.output<typeof RequestSchema>;

/** Also what only this program itself sets. */
const InputSchema = RequestSchema.extend({ trigger: z.enum(['manual', 'initial']).optional() });

const FIELD_NAMES = Object.entries(BACKFILL_FIELDS).flatMap(([name, field]) =>
  field.meta()?.deprecated ? [] : [name],
);

/**
 * Reads the input of the workflow, whatever it is.
 * @throws BadFieldsError that names each field that is unknown or wrong
 */
export function readBackfillInput(input: unknown): BackfillRequest {
  const { success, data, error } = InputSchema.safeParse(input);
  if (success) return data;
  throw new BadFieldsError(
    error.issues.flatMap((issue): InputProblem[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((field) => ({ field, detail: `unknown field; allowed: ${FIELD_NAMES.join(', ')}` }))
        : issue.path.length === 0
          ? [{ field: 'input', detail: `must be a JSON object; fields: ${FIELD_NAMES.join(', ')}` }]
          : [{ field: issue.path.join('.'), detail: issue.message }],
    ),
  );
}

/** Reads an input that was accepted before. */
export const readAcceptedInput = (input: object): BackfillRequest => RequestSchema.strip().parse(input);

/** A request that can be carried out. */
export interface Backfill {
  /** The request in one form, whichever names and spellings it came in; without defaults. */
  input: BackfillInput;
  /** Assets that have at least one of the timeframes, in the order of their ids; one for each source. */
  assets: Asset[];
  /** Of the assets, each once. */
  symbols: string[];
  /** Undefined for all timeframes. */
  timeframes: StoredTimeframe[] | undefined;
  /** Bar opens, half-open, epoch ms, market clock. */
  range: Window;
  /** The request says from when; else each series has its own beginning. */
  isDated: boolean;
  reprocess: NonNullable<BackfillInput['reprocess']>;
  order: NonNullable<BackfillInput['order']>;
}

/**
 * Resolves a request.
 * @param now market clock, epoch ms
 * @param isUnderWay it was accepted before: what has become impossible since then is left out
 * @throws BadFieldsError that names what cannot be carried out, and what can
 */
export async function resolveBackfill(
  pool: pg.Pool,
  request: BackfillRequest,
  now: number,
  isUnderWay = false,
): Promise<Backfill> {
  const problems: InputProblem[] = [];
  const tracked = await activeAssets(pool);
  const input = await withStoredSymbols(pool, inOneForm(request, problems));
  const range = rangeOf(input, now, problems);
  const chosen = isUnderWay ? tracked.filter(isIn(input.symbols)) : await chosenAssets(pool, input, tracked, problems);
  const assets = chosen.filter((asset) => hasOneOf(timeframesOf(asset), input.timeframes));
  if (chosen.length > 0 && assets.length === 0) problems.push(noTimeframes(chosen));
  if (problems.length > 0 && !isUnderWay) throw new BadFieldsError(problems);
  const { timeframes, reprocess = 'missing', order = 'newest' } = input;
  const symbols = [...new Set(assets.map(({ symbol }) => symbol))];
  return { input, assets, symbols, timeframes, range, isDated: input.from !== undefined, reprocess, order };
}

/** Each symbol as its asset has it now, whatever its spelling, and also if the asset has been renamed since. */
async function withStoredSymbols(pool: pg.Pool, input: BackfillInput): Promise<BackfillInput> {
  if (!input.symbols) return input;
  const reader = new AssetReader(pool);
  const [assets, former] = await Promise.all([reader.all(), reader.formerSymbols()]);
  const stored = new Map(assets.map(({ symbol }) => [symbol.toUpperCase(), symbol]));
  const renamed = (symbol: string) => assets.find(({ id }) => id === former.get(symbol))?.symbol;
  const now = input.symbols.map((symbol) => stored.get(symbol) ?? renamed(symbol) ?? symbol);
  return { ...input, symbols: [...new Set(now)].sort() };
}

/** A request that was stored, in one form, whichever names it was stored with. */
export const inCurrentForm = (stored: BackfillRequest): BackfillInput => inOneForm(stored, []);

/** The fields that have two names. */
const PAIRS = [
  ['timeframes', 'timeframe'],
  ['from', 'start'],
  ['to', 'end'],
  ['reprocess', 'refetch'],
] as const;

function inOneForm(request: BackfillRequest, problems: InputProblem[]): BackfillInput {
  for (const [name, other] of PAIRS) {
    if (request[name] !== undefined && request[other] !== undefined)
      problems.push({ field: other, detail: `means the same as ${name}: use only one of them` });
  }
  const { symbols, order, concurrency, waitForApproval, timeframe, refetch } = request;
  const wanted = request.timeframes ?? (timeframe && [timeframe]);
  const reprocess = request.reprocess ?? (refetch ? 'all' : 'missing');
  const given: BackfillInput = {
    symbols: symbols && [...new Set(symbols)].sort(),
    timeframes: wanted && STORED_TIMEFRAMES.filter((one) => wanted.includes(one)),
    from: inUtc(request.from ?? request.start),
    to: inUtc(request.to ?? request.end),
    reprocess: reprocess === 'missing' ? undefined : reprocess,
    order: order === 'newest' ? undefined : order,
    concurrency: concurrency === MAX_CONCURRENCY ? undefined : concurrency,
    waitForApproval: waitForApproval || undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** An instant as a date if it is one, else as an RFC 3339 time. */
function inUtc(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const iso = new Date(parseInstant(text)!).toISOString();
  return iso.replace('T00:00:00.000Z', '').replace('.000Z', 'Z');
}

function rangeOf({ from, to }: BackfillInput, now: number, problems: InputProblem[]): Window {
  const range = {
    from: from === undefined ? BEGINNING : Date.parse(from),
    to: Math.min(to === undefined ? now : Date.parse(to), now),
  };
  const nowText = new Date(Math.floor(now / SECOND) * SECOND).toISOString().replace('.000Z', 'Z');
  if (range.from >= now) problems.push({ field: 'from', detail: `${from} is in the future: it is ${nowText} now` });
  else if (range.from >= range.to)
    problems.push({ field: 'to', detail: `must be after ${from === undefined ? '1970-01-01' : `from (${from})`}` });
  return range;
}

/** The assets that are asked for and can be loaded. */
async function chosenAssets(
  pool: pg.Pool,
  { symbols }: BackfillInput,
  tracked: Asset[],
  problems: InputProblem[],
): Promise<Asset[]> {
  if (!symbols) return tracked;
  try {
    return await findAssets(pool, { symbols });
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    problems.push({ field: 'symbols', detail: error.message });
    return [];
  }
}

/** Assets that an error lists. */
const MAX_LISTED = 20;

function noTimeframes(assets: readonly Asset[]): InputProblem {
  const listed = assets.slice(0, MAX_LISTED).map((one) => `${one.symbol} (${timeframesOf(one).join(', ')})`);
  const more = assets.length > MAX_LISTED ? `, and ${assets.length - MAX_LISTED} more` : '';
  return { field: 'timeframes', detail: `not available for these assets: ${listed.join(', ')}${more}` };
}

const isIn =
  (symbols: readonly string[] | undefined) =>
  ({ symbol }: Asset): boolean =>
    symbols?.includes(symbol) ?? true;

const hasOneOf = (stored: readonly StoredTimeframe[], wanted: readonly StoredTimeframe[] | undefined): boolean =>
  wanted === undefined || stored.some((timeframe) => wanted.includes(timeframe));

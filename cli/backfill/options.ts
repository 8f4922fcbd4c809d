import { MAX_CONCURRENCY } from '../../contracts/backfill-updates.js';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import { type BackfillRequest, readBackfillInput } from '../../planning/backfill-request.js';
import { BadFieldsError } from '../../planning/bad-input.js';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';
import type { UserError } from '../lib/user-error.js';

export const command = new CommandLine({
  usage: 'npm run backfill -- [options]',
  summary:
    'Fetches missing bars from the providers, on the running stack (that of npm start, or of\n' +
    'DATABASE_URL and TEMPORAL_ADDRESS or TEMPORAL_PROFILE), and shows the progress. If the same\n' +
    'backfill is already running, it shows that one.',
  options: {
    assets: { value: 'SPY,BTC', help: 'only these assets (default: all active assets)' },
    timeframe: {
      value: '1m',
      help: `one or more of ${STORED_TIMEFRAMES.join(', ')} (default: all that the provider has)`,
    },
    from: {
      value: '2026-11-01',
      help:
        'first bar, a date or an RFC 3339 time (default: as far back as the provider reaches;\n' +
        'where it has years of minute bars, 30 days)',
    },
    to: { value: '2026-11-20', help: 'end, exclusive (default: now)' },
    reprocess: {
      value: 'failed',
      help:
        'missing: bars that are not stored (default); failed: only what earlier requests did\n' +
        'not get, at once; all: stored bars too, to pick up late corrections',
    },
    refetch: { help: 'former name of --reprocess all' },
    order: { value: 'oldest', help: 'whether the newest (default) or the oldest bars of a page come first' },
    concurrency: {
      value: '8',
      help: `requests in progress at a time, 1 to ${MAX_CONCURRENCY} (default: ${MAX_CONCURRENCY})`,
    },
    cancel: {
      value: 'WORKFLOW_ID',
      help: 'cancel this backfill, and start none; what it has stored stays',
    },
    'wait-for-approval': { help: 'count the requests, then wait until an operator approves the backfill' },
  },
  notes: 'Times are on the market clock.',
  exitCodes: [
    [EXIT.ok, 'everything was fetched'],
    [EXIT.failed, 'the backfill failed'],
    [EXIT.usage, 'invalid options'],
    [EXIT.partial, 'some requests failed'],
  ],
});

type Values = NonNullable<ReturnType<typeof command.parse>>;

/** The options whose name differs from that of their field. */
const OPTIONS: Record<string, string> = {
  symbols: 'assets',
  timeframes: 'timeframe',
  waitForApproval: 'wait-for-approval',
};

/**
 * What the command line asks for: a backfill, or to cancel one; null for --help.
 * @throws UserError (exit code 2) that names the wrong option
 */
export function backfillOptions(argv: string[]): { request: BackfillRequest } | { cancel: string } | null {
  const values = command.parse(argv);
  if (!values) return null;
  const { cancel, ...others } = values;
  if (cancel === undefined) return { request: requestOf(others) };
  if (Object.values(others).some((value) => value !== undefined && value !== false))
    throw wrong('--cancel takes only the workflow id of a backfill, and no other option.');
  return { cancel };
}

function requestOf(values: Omit<Values, 'cancel'>): BackfillRequest {
  const { from, to, reprocess, order, concurrency } = values;
  const given = {
    symbols: list(values.assets),
    timeframes: list(values.timeframe),
    ...{ from, to, reprocess, order },
    concurrency: concurrency === undefined ? undefined : Number(concurrency),
    refetch: values.refetch || undefined,
    waitForApproval: values['wait-for-approval'] || undefined,
  };
  try {
    return readBackfillInput(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  } catch (error) {
    throw asUserError(error);
  }
}

/** Names the options of a request that cannot be carried out. Other errors are returned as they are. */
export function asUserError(error: unknown): unknown {
  if (!(error instanceof BadFieldsError)) return error;
  const lines = error.problems.map(({ field, detail }) => {
    const [name = '', index] = field.split('.');
    return `--${OPTIONS[name] ?? name}${index === undefined ? '' : `, no. ${Number(index) + 1}`}: ${detail}`;
  });
  return wrong(lines.join('\n'));
}

function list(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const items = value.split(',').map((item) => item.trim());
  if (items.includes('')) throw wrong('Write a list as SPY,BTC: separated by commas, without spaces.');
  return [...new Set(items)];
}

const wrong = (message: string): UserError => command.wrong(message);

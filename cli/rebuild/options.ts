import { parseArgs } from 'node:util';
import type { Window } from '../../domain/bar.js';
import { STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import { instant, storedTimeframe, wrongWith } from '../lib/option-values.js';

export const USAGE = `Usage: npm run rebuild -- --asset SPY [options]

Makes stored bars anew from the answers of the providers as they were received, by the same code as a run, in a table of
its own, and compares: bar by bar, equal to the last bit. Asks no provider and changes nothing. Indicators are compared by
npm run doctor.

  --asset SPY            whose bars
  --timeframe 1m         one of ${STORED_TIMEFRAMES.join(', ')}; default: all that the asset has
  --from 2026-11-01      first bar: a date or an RFC 3339 time; default: the first one stored
  --to 2026-11-20        end, itself excluded; default: the last one stored
  --all                  every difference, not the first few
  --help                 this text

Answers are kept for PAYLOAD_RETENTION_DAYS: bars that only older ones gave are listed, and are no difference.
Times are of the market clock. Exit code: 0 no difference, 1 some, or failed, 2 wrong options.`;

export interface RebuildOptions {
  symbol: string;
  timeframe: StoredTimeframe | null;
  window: Window;
  all: boolean;
}

/** All instants that a bar can have and PostgreSQL can hold. */
const EVER: Window = { from: Date.UTC(1800, 0, 1), to: Date.UTC(2200, 0, 1) };

/**
 * What the command line asks for; null for --help.
 * @throws UserError (exit code 2) that names what is wrong
 */
export function rebuildOptions(argv: string[]): RebuildOptions | null {
  const values = parse(argv);
  if (values.help) return null;
  if (!values.asset) throw wrong('--asset is missing: whose bars?');
  const from = instant('--from', values.from, wrong);
  const to = instant('--to', values.to, wrong);
  const window = { from: from ? Date.parse(from) : EVER.from, to: to ? Date.parse(to) : EVER.to };
  if (window.from >= window.to) throw wrong('--from must be before --to');
  return {
    symbol: values.asset.toUpperCase(),
    timeframe: values.timeframe === undefined ? null : storedTimeframe(values.timeframe, wrong),
    window,
    all: values.all,
  };
}

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { asset: text, timeframe: text, from: text, to: text, all: flag, help: flag };
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

const wrong = wrongWith(USAGE);

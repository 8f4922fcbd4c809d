import { parseArgs } from 'node:util';
import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import type { BackfillInput } from '../../contracts/workflows.js';
import { instant, storedTimeframe, wrongWith } from '../lib/option-values.js';

export const USAGE = `Usage: npm run backfill -- [options]

Asks the providers for bars that are missing, on the running stack (npm start, or DATABASE_URL and TEMPORAL_ADDRESS).

  --assets SPY,BTC       default: all active assets
  --timeframe 1m         one or several of ${STORED_TIMEFRAMES.join(', ')}; default: all that the asset's provider has
  --from 2026-11-01      first bar: a date or an RFC 3339 time; default: as far back as the provider reaches
  --to 2026-11-20        end, itself excluded; default: now
  --refetch              ask also for what is stored already, so that late corrections are seen
  --help                 this text

Times are of the market clock. Exit code: 0 all is there, 1 failed, 2 wrong options, 3 some of it failed.`;

/**
 * What the command line asks for; null for --help.
 * @throws UserError (exit code 2) that names what is wrong
 */
export function backfillOptions(argv: string[]): BackfillInput | null {
  const values = parse(argv);
  if (values.help) return null;
  const from = instant('--from', values.from, wrong);
  const to = instant('--to', values.to, wrong);
  if (from && to && Date.parse(from) >= Date.parse(to)) throw wrong('--from must be before --to');
  return {
    symbols: list(values.assets)?.map((symbol) => symbol.toUpperCase()),
    timeframes: list(values.timeframe)?.map((timeframe) => storedTimeframe(timeframe, wrong)),
    from,
    to,
    refetch: values.refetch,
    trigger: 'manual',
  };
}

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { assets: text, timeframe: text, from: text, to: text, refetch: flag, help: flag };
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function list(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const items = value.split(',').map((item) => item.trim());
  if (items.includes('')) throw wrong('a list is written as SPY,BTC: without spaces, each name once');
  return [...new Set(items)];
}

const wrong = wrongWith(USAGE);

import { STORED_TIMEFRAMES } from '../../domain/timeframe.js';
import type { BackfillInput } from '../../contracts/workflows.js';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';
import { storedTimeframe, timeRange } from '../lib/option-values.js';

export const command = new CommandLine({
  usage: 'npm run backfill -- [options]',
  summary:
    'Fetches missing bars from the providers, on the stack that is running (npm start, or\n' +
    'DATABASE_URL and TEMPORAL_ADDRESS), and shows the progress.',
  options: {
    assets: { value: 'SPY,BTC', help: 'only these assets (default: all active assets)' },
    timeframe: {
      value: '1m',
      help: `one or more of ${STORED_TIMEFRAMES.join(', ')} (default: all that the provider has)`,
    },
    from: {
      value: '2026-11-01',
      help: 'first bar, a date or an RFC 3339 time (default: as far back as the provider reaches)',
    },
    to: { value: '2026-11-20', help: 'end, exclusive (default: now)' },
    refetch: { help: 'fetch stored bars again too, to find late corrections' },
  },
  notes: 'Times are on the market clock.',
  exitCodes: [
    [EXIT.ok, 'everything was fetched'],
    [EXIT.failed, 'the backfill failed'],
    [EXIT.usage, 'wrong options'],
    [EXIT.partial, 'some of it failed'],
  ],
});

/**
 * The input that the command line describes; null for --help.
 * @throws UserError (exit code 2) that names the wrong option
 */
export function backfillOptions(argv: string[]): BackfillInput | null {
  const values = command.parse(argv);
  if (!values) return null;
  return {
    symbols: list(values.assets)?.map((symbol) => symbol.toUpperCase()),
    timeframes: list(values.timeframe)?.map((timeframe) => storedTimeframe(timeframe, wrong)),
    ...timeRange(values, wrong),
    refetch: values.refetch,
    trigger: 'manual',
  };
}

function list(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const items = value.split(',').map((item) => item.trim());
  if (items.includes('')) throw wrong('Write a list as SPY,BTC: separated by commas, without spaces.');
  return [...new Set(items)];
}

const wrong = (message: string) => command.wrong(message);

import type { Window } from '../../domain/bar.js';
import { STORED_TIMEFRAMES, type StoredTimeframe } from '../../domain/timeframe.js';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';
import { storedTimeframe, timeRange } from '../lib/option-values.js';

export const command = new CommandLine({
  usage: 'npm run rebuild -- --asset SPY [options]',
  summary:
    'Rebuilds bars from the stored payloads of the providers, with the code of a run, in a temporary\n' +
    'table, and compares them with the stored bars, value by value. Sends no request and changes\n' +
    'nothing. `npm run doctor` compares the indicators.',
  options: {
    asset: { value: 'SPY', help: 'the asset whose bars to rebuild (required)' },
    timeframe: { value: '1m', help: `one of ${STORED_TIMEFRAMES.join(', ')} (default: all that the asset has)` },
    from: { value: '2026-11-01', help: 'first bar, a date or an RFC 3339 time (default: the first stored bar)' },
    to: { value: '2026-11-20', help: 'end, exclusive (default: the last stored bar)' },
    all: { help: 'show every difference, not only the first few' },
  },
  notes:
    'Payloads are kept for PAYLOAD_RETENTION_DAYS. Bars that came only from older ones are listed, but\n' +
    'do not count as differences. Times are on the market clock.',
  exitCodes: [
    [EXIT.ok, 'no differences'],
    [EXIT.failed, 'differences found, or the command failed'],
    [EXIT.usage, 'wrong options'],
  ],
});

export interface RebuildOptions {
  symbol: string;
  timeframe: StoredTimeframe | null;
  window: Window;
  all: boolean;
}

/** All instants that a bar can have and PostgreSQL can hold. */
const EVER: Window = { from: Date.UTC(1800, 0, 1), to: Date.UTC(2200, 0, 1) };

/**
 * What to rebuild, by the command line; null for --help.
 * @throws UserError (exit code 2) that names the wrong option
 */
export function rebuildOptions(argv: string[]): RebuildOptions | null {
  const values = command.parse(argv);
  if (!values) return null;
  if (!values.asset) throw wrong('--asset is missing: name the asset whose bars to rebuild.');
  const { from, to } = timeRange(values, wrong);
  return {
    symbol: values.asset.toUpperCase(),
    timeframe: values.timeframe === undefined ? null : storedTimeframe(values.timeframe, wrong),
    window: { from: from ? Date.parse(from) : EVER.from, to: to ? Date.parse(to) : EVER.to },
    all: values.all,
  };
}

const wrong = (message: string) => command.wrong(message);

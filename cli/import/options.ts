import { ASSET_KINDS, type AssetKind } from '../../config/catalog/asset-kinds.js';
import { timeframesOfProvider } from '../../config/catalog/providers.js';
import { CALENDAR_IDS, type CalendarId } from '../../domain/calendars/index.js';
import type { StoredTimeframe } from '../../domain/timeframe.js';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

const TIMEFRAMES = timeframesOfProvider('file');

export const command = new CommandLine({
  usage: 'npm run import -- --symbol SPY --timeframe 1d bars.csv',
  summary:
    'Imports bars of a file (CSV or Parquet) as a source of an asset: with the same rules, coverage,\n' +
    'revisions and lineage as those of a provider. The same file again changes nothing.',
  takesWords: true,
  options: {
    symbol: { value: 'SPY', help: 'the asset (required); a new one also needs the next three' },
    timeframe: { value: '1d', help: `one of ${TIMEFRAMES.join(', ')} (required)` },
    exchange: { value: 'XNYS', help: 'of a new asset: MIC of its exchange, 24/5 or 24/7' },
    currency: { value: 'USD', help: 'of a new asset: the unit of its prices' },
    kind: { value: 'equity', help: `of a new asset: one of ${ASSET_KINDS.join(', ')}` },
    name: { value: '"My fund"', help: 'of a new asset (default: its symbol)' },
    'dry-run': { help: 'show what would be stored and what would be rejected, and store nothing' },
  },
  notes:
    'Columns are found by their names: time (or date, timestamp, …), open, high, low, close, and volume\n' +
    'if there is one. The file may be compressed with gzip. A time with a zone, or a Unix time, is that\n' +
    'instant; one without is local at the exchange. Prices must be at the level of today: adjusted for\n' +
    'splits, not for dividends.',
  exitCodes: [
    [EXIT.ok, 'imported, or nothing to import'],
    [EXIT.failed, 'the file cannot be imported'],
    [EXIT.usage, 'invalid options'],
    [EXIT.partial, 'some rows were rejected, or the bars are held back'],
  ],
});

/** What describes an asset that is not followed yet. */
export interface NewAsset {
  exchange: CalendarId;
  currency: string;
  kind: AssetKind;
  name: string;
}

export interface ImportOptions {
  file: string;
  symbol: string;
  timeframe: StoredTimeframe;
  /** Null if nothing of a new asset is said. */
  asset: NewAsset | null;
  dryRun: boolean;
}

/**
 * What to import, by the command line; null for --help.
 * @throws UserError (exit code 2) that names the wrong option
 */
export function importOptions(argv: string[]): ImportOptions | null {
  const parsed = command.parseWords(argv);
  if (!parsed) return null;
  const { words, values } = parsed;
  const [file, ...others] = words;
  if (file === undefined) throw command.wrong('Say which file to import.');
  if (others.length > 0) throw command.wrong(`Import one file at a time, not also ${others.join(', ')}.`);
  if (!values.symbol) throw command.wrong('--symbol is missing: say which asset the bars are of.');
  const timeframe = TIMEFRAMES.find((one) => one === values.timeframe);
  if (!timeframe)
    throw command.wrong(
      values.timeframe === undefined
        ? `--timeframe is missing: one of ${TIMEFRAMES.join(', ')}.`
        : `--timeframe ${values.timeframe} cannot be imported. Choose from ${TIMEFRAMES.join(', ')}.`,
    );
  const symbol = values.symbol.toUpperCase();
  return { file, symbol, timeframe, asset: newAsset(symbol, values), dryRun: values['dry-run'] };
}

type Described = Partial<Record<'exchange' | 'currency' | 'kind' | 'name', string | undefined>>;

function newAsset(symbol: string, { exchange, currency, kind, name = symbol }: Described): NewAsset | null {
  if (exchange === undefined && currency === undefined && kind === undefined) return null;
  if (exchange === undefined || currency === undefined || kind === undefined)
    throw command.wrong('A new asset needs --exchange, --currency and --kind.');
  const mic = CALENDAR_IDS.find((id) => id === exchange.toUpperCase());
  if (!mic) throw command.wrong(`--exchange ${exchange} is unknown. Choose from ${CALENDAR_IDS.join(', ')}.`);
  const known = ASSET_KINDS.find((one) => one === kind);
  if (!known) throw command.wrong(`--kind ${kind} is unknown. Choose from ${ASSET_KINDS.join(', ')}.`);
  return { exchange: mic, currency, kind: known, name };
}

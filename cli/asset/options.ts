import { readFileSync } from 'node:fs';
import { ASKED_PROVIDER_IDS, type AskedProviderId } from '../../config/catalog/providers.js';
import type { SourceChange } from '../../planning/change-source.js';
import { CommandLine } from '../lib/command-line.js';
import { EXIT } from '../lib/exit-codes.js';

export const command = new CommandLine({
  usage: 'npm run asset -- add VOD.L 7203.T ^GSPC',
  summary:
    'Finds, adds, pauses, resumes, retires, renames and lists assets, and changes their sources, on the\n' +
    'running stack (that of npm start, or of DATABASE_URL and TEMPORAL_ADDRESS or TEMPORAL_PROFILE).',
  takesWords: true,
  options: {
    file: { value: 'symbols.txt', help: 'further symbols, separated by blanks, commas or lines; # begins a comment' },
    provider: {
      value: ASKED_PROVIDER_IDS[0],
      help: `only this provider: ${ASKED_PROVIDER_IDS.join(', ')} (default: the first that knows the symbol)`,
    },
    rank: { value: '1', help: 'of a source: the new rank; bars of the lowest are served first' },
    role: { value: 'check', help: 'of a source: serve, or check (only compared, never served)' },
    status: { value: 'paused', help: 'of a source: active or paused' },
    symbol: { value: 'META', help: 'of a source: the new symbol of its provider' },
    reason: { value: '"asked for by research"', help: 'why; kept in the audit log' },
    json: { help: 'prints the result as JSON' },
  },
  notes:
    'Commands:\n' +
    '  find vodafone        searches by name, ticker or ISIN\n' +
    '  add VOD.L 7203.T     follows each that can be followed, and fetches its bars; the others are named\n' +
    '  pause VOD.L …        no longer requests it, until it is resumed; its bars are served\n' +
    '  resume VOD.L …       requests it again, and fetches what is missing\n' +
    '  retire VOD.L …       gives it up; its bars are kept and served\n' +
    '  rename FB META       follows the new symbol of the same asset; the former one still leads to it\n' +
    '  source SPY           the sources of an asset, by rank\n' +
    '  source SPY alpaca …  changes one of them: --rank, --role, --status, --symbol\n' +
    '  list                 all assets with their status\n' +
    'In a shell, quote symbols with special characters: "^GSPC" "EURUSD=X".',
  exitCodes: [
    [EXIT.ok, 'done'],
    [EXIT.failed, 'nothing could be done'],
    [EXIT.usage, 'invalid command or options'],
    [EXIT.partial, 'some of the symbols failed'],
  ],
});

const MANY = ['add', 'pause', 'resume', 'retire'] as const;

export type AssetCommand = { provider: AskedProviderId | undefined; reason: string; json: boolean } & (
  | { action: 'find'; text: string }
  | { action: (typeof MANY)[number]; symbols: string[] }
  | { action: 'rename'; symbol: string; to: string }
  | { action: 'source'; symbol: string; source: { provider: string; change: SourceChange } | null }
  | { action: 'list' }
);

/**
 * What to do, by the command line; null for --help.
 * @throws UserError (exit code 2) that says what is wrong
 */
export function assetCommand(argv: string[]): AssetCommand | null {
  const parsed = command.parseWords(argv);
  if (!parsed) return null;
  const [action, ...words] = parsed.words;
  const { file, provider, reason = '', json } = parsed.values;
  const change = sourceChange(parsed.values);
  if (change && action !== 'source') throw command.wrong('--rank, --role, --status and --symbol go with source only.');
  if (provider !== undefined && !ASKED_PROVIDER_IDS.includes(provider as AskedProviderId))
    throw command.wrong(`--provider: must be one of ${ASKED_PROVIDER_IDS.join(', ')}`);
  if (provider !== undefined && action !== 'add') throw command.wrong('--provider goes with add only.');
  const common = { provider: provider as AskedProviderId | undefined, reason: reason.trim(), json };
  const many = MANY.find((one) => one === action);
  if (many) {
    const symbols = [...new Set([...words, ...(file === undefined ? [] : symbolsIn(file))])];
    if (symbols.length === 0) throw command.wrong(`Say which, as in: ${many} VOD.L 7203.T.`);
    return { ...common, action: many, symbols };
  }
  if (file !== undefined) throw command.wrong('--file goes with add, pause, resume and retire only.');
  if (action === 'find') {
    if (words.length === 0) throw command.wrong('Say what to find, as in: find vodafone.');
    return { ...common, action, text: words.join(' ') };
  }
  if (action === 'rename') {
    const [symbol, to, ...rest] = words;
    if (!symbol || !to || rest.length > 0)
      throw command.wrong('Say its symbol and the new one, as in: rename FB META.');
    return { ...common, action, symbol, to };
  }
  if (action === 'source') {
    const [symbol, of, ...rest] = words;
    if (!symbol || rest.length > 0) throw command.wrong('Say which asset and which source, as in: source SPY alpaca.');
    if ((of === undefined) !== (change === null))
      throw command.wrong(
        of === undefined
          ? `Say which source, as in: source ${symbol} alpaca.`
          : 'Say what to change: --rank, --role, --status or --symbol.',
      );
    return { ...common, action, symbol, source: of !== undefined && change ? { provider: of, change } : null };
  }
  if (action !== 'list') throw command.wrong(`${action ? `Unknown command ${action}` : 'Say what to do'}: ${ACTIONS}.`);
  if (words.length > 0) throw command.wrong(`Unexpected ${words.join(' ')}: list takes no symbols.`);
  return { ...common, action };
}

const ACTIONS = 'find, add, pause, resume, retire, rename, source or list';

type SourceValues = Partial<Record<'rank' | 'role' | 'status' | 'symbol', string | undefined>>;

/** What to change of a source; null if nothing is said. */
function sourceChange({ rank, role, status, symbol }: SourceValues): SourceChange | null {
  if ([rank, role, status, symbol].every((value) => value === undefined)) return null;
  if (rank !== undefined && !/^[1-9]\d{0,2}$/.test(rank)) throw command.wrong('--rank: must be a number from 1 on');
  if (role !== undefined && role !== 'serve' && role !== 'check') throw command.wrong('--role: must be serve or check');
  if (status !== undefined && status !== 'active' && status !== 'paused')
    throw command.wrong('--status: must be active or paused');
  if (symbol?.trim() === '') throw command.wrong('--symbol: must not be empty');
  return { ...(rank && { rank: Number(rank) }), role, status, providerSymbol: symbol?.trim() };
}

/** @throws UserError if the file cannot be read */
function symbolsIn(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
    return lines.flatMap((line) => line.replace(/#.*$/, '').split(/[\s,;]+/)).filter((symbol) => symbol !== '');
  } catch (error) {
    throw command.wrong(`--file ${file} cannot be read: ${(error as Error).message}`);
  }
}
